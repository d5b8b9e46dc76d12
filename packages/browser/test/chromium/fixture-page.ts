import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import { buildServer, type TunnelOptions, tunnelPlugin } from '@qr/common';
import { type Inbox, startInbox } from '@qr/inbox';
import react from '@vitejs/plugin-react';
import { build, defaultClientConditions } from 'vite';
import { earlyErrors, earlyErrorsCspSource } from '../../src/vite/index.ts';

/** Injected when the address asks for it: an error before any script of the page. */
const INLINE = "throw new Error('thrown inline')";
const inlineHash = `'sha256-${createHash('sha256').update(INLINE).digest('base64')}'`;

/** Every request that a page has made, and what it carried. */
interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, unknown>>;
}

/** The fixture behind a server of its own, with a tunnel to an inbox. */
export interface FixturePage {
  readonly origin: string;
  readonly inbox: Inbox;
  readonly seen: Seen[];
  close(): Promise<void>;
}

/** Builds and serves the page on which things go wrong, under a Content-Security-Policy without `unsafe-inline`. */
export async function startFixturePage(
  variables: Readonly<Record<string, string>> = {},
  tunnel: Partial<TunnelOptions> = {},
): Promise<FixturePage> {
  const inbox = await startInbox({ environment: 'test', keepRaw: true });
  const outDir = mkdtempSync(join(tmpdir(), 'qr-observability-fixture-'));
  const settings = { VITE_SENTRY_DSN: inbox.dsn('2'), VITE_MIXPANEL_TOKEN: 'local-token', ...variables };
  await buildFixture(outDir, settings);
  const app = buildServer({ serviceName: 'fixture', logger: false, rateLimit: false, handleSignals: false });
  const seen: Seen[] = [];
  app.addHook('onRequest', async ({ method, url, headers }) => void seen.push({ method, url, headers }));
  await app.register(tunnelPlugin, {
    sentry: { dsn: settings.VITE_SENTRY_DSN },
    mixpanel: { token: settings.VITE_MIXPANEL_TOKEN, apiHost: inbox.url },
    maxRequestsPerMinute: 10_000,
    ...tunnel,
  });
  app.all('/api/echo', async () => ({}));
  await app.register(fastifyStatic, {
    root: outDir,
    wildcard: false,
    index: false,
    globIgnore: ['**/*.map', '*.html'],
  });
  const { readFile } = await import('node:fs/promises');
  app.get('/*', async (request, reply) => {
    const html = await readFile(join(outDir, 'index.html'), 'utf8');
    const isInline = request.url.includes('fail=inline');
    return reply
      .type('text/html')
      .header('content-security-policy', `default-src 'self'; script-src 'self' ${earlyErrorsCspSource} ${inlineHash}`)
      .header('referrer-policy', 'same-origin')
      .send(isInline ? html.replace('<title>', `<script>${INLINE}</script><title>`) : html);
  });
  const address = await app.listen({ port: 0, host: '127.0.0.1' });
  return {
    origin: address.replace('127.0.0.1', 'localhost'),
    inbox,
    seen,
    async close() {
      await app.close();
      await inbox.close();
      rmSync(outDir, { recursive: true, force: true });
    },
  };
}

async function buildFixture(outDir: string, variables: Readonly<Record<string, string>>): Promise<void> {
  const before = { ...process.env };
  Object.assign(process.env, { VITE_SENTRY_ENVIRONMENT: 'test', ...variables, NODE_ENV: 'production' });
  try {
    await build({
      root: join(import.meta.dirname, 'fixture'),
      configFile: false,
      envDir: false,
      logLevel: 'silent',
      plugins: [earlyErrors(), react()],
      resolve: { conditions: ['@qr/source', ...defaultClientConditions] },
      define: { __SENTRY_DEBUG__: 'false' },
      build: { outDir, emptyOutDir: true, assetsInlineLimit: 0, sourcemap: 'hidden' },
    });
  } finally {
    process.env = before;
  }
}
