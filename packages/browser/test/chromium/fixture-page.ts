import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import { buildServer, type TunnelOptions, tunnelPlugin } from '@qr/common/server';
import { type Inbox, startInbox } from '@qr/inbox';
import { inject } from 'vitest';
import { earlyErrorsCspSource } from '../../src/vite/index.ts';
import { type PageVariant, PLACEHOLDER_DSN } from './page-variants.ts';

/** Injected when the address asks for it: an error before any script of the page. */
const INLINE = "throw new Error('thrown inline')";
const inlineHash = `'sha256-${createHash('sha256').update(INLINE).digest('base64')}'`;

/** Every request that a page has made, and what it carried. */
interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, unknown>>;
}

interface PrerenderQuery {
  readonly page: string;
  readonly next: string;
  /** Milliseconds. */
  readonly after: string;
}

/** The fixture behind a server of its own, with a tunnel to an inbox. */
export interface FixturePage {
  readonly origin: string;
  readonly inbox: Inbox;
  readonly seen: Seen[];
  close(): Promise<void>;
}

/** Serves the page on which things go wrong, under a Content-Security-Policy without `unsafe-inline`. */
export async function startFixturePage(
  variant: PageVariant = 'usual',
  tunnel: Partial<TunnelOptions> = {},
): Promise<FixturePage> {
  const inbox = await startInbox({ environment: 'test', keepRaw: true });
  const outDir = mkdtempSync(join(tmpdir(), 'qr-observability-fixture-'));
  const dsn = inbox.dsn('2');
  copyPage(variant, dsn, outDir);
  const app = buildServer({ serviceName: 'fixture', logger: false, rateLimit: false, handleSignals: false });
  const seen: Seen[] = [];
  app.addHook('onRequest', async ({ method, url, headers }) => void seen.push({ method, url, headers }));
  await app.register(tunnelPlugin, {
    sentry: { dsn },
    mixpanel: { token: 'local-token', apiHost: inbox.url },
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
  // Asks the browser to prerender a page of the fixture, then navigates to that page or to another one.
  app.get<{ Querystring: PrerenderQuery }>('/prerender', async ({ query }, reply) => {
    const { page, next, after } = query;
    const rules = JSON.stringify({ prerender: [{ urls: [page], eagerness: 'immediate' }] });
    const leave = `setTimeout(() => { location.href = ${JSON.stringify(next)} }, ${Number(after)})`;
    return reply
      .type('text/html')
      .header('content-security-policy', "script-src 'unsafe-inline'")
      .send(`<!doctype html><script type="speculationrules">${rules}</script><script>${leave}</script>`);
  });
  const html = readFileSync(join(outDir, 'index.html'), 'utf8');
  app.get('/*', async (request, reply) => {
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

/** A copy of a page that sends to one inbox. */
function copyPage(variant: PageVariant, dsn: string, outDir: string): void {
  cpSync(join(inject('fixturePages'), variant), outDir, { recursive: true });
  let replaced = 0;
  for (const name of readdirSync(join(outDir, 'assets')).filter((each) => each.endsWith('.js'))) {
    const file = join(outDir, 'assets', name);
    const text = readFileSync(file, 'utf8');
    if (!text.includes(PLACEHOLDER_DSN)) continue;
    writeFileSync(file, text.replaceAll(PLACEHOLDER_DSN, dsn));
    replaced++;
  }
  if (replaced === 0) throw new Error(`Expected ${PLACEHOLDER_DSN} in the scripts of the built page.`);
}
