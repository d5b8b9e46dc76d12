import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { build } from 'vite';
import { vi } from 'vitest';
import { buildApp } from '../../server/app.ts';
import { type FakeAnswer, type FakeServices, type Received, startFakeServices } from './fake-services.ts';

const CHROMIUM = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';
// The browser must not call home: whatever leaves is counted as a leak.
const FLAGS = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  ...['--disable-component-update', '--disable-sync', '--disable-dev-shm-usage'],
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1',
];

/** The built app behind its own server, in Chromium, before fake services and vendors. */
export interface AppInBrowser {
  readonly origin: string;
  readonly services: FakeServices;
  /** A page of a browser that has never been here. */
  open(): Promise<Page>;
  /** Event ids and names that reached the vendors. */
  sentErrorIds(): string[];
  sentEvents(): { readonly event: string; readonly properties: Record<string, unknown> }[];
  close(): Promise<void>;
}

/** Builds and starts everything. */
export async function startAppInBrowser(answer: (request: Received) => FakeAnswer): Promise<AppInBrowser> {
  const services = await startFakeServices(answer);
  const dsn = `${services.origin.replace('//', '//abcdef0123456789abcdef0123456789@')}/42`;
  const folder = await mkdtemp(join(tmpdir(), 'web-app-'));
  await buildClient(join(folder, 'client'), dsn);
  const { origin: upstream } = services;
  const app = buildApp({
    services: { auth: [upstream], qr: [upstream], microsite: [upstream], routing: [upstream], analytics: [upstream] },
    client: { root: join(folder, 'client') },
    tunnel: { sentry: { dsn }, mixpanel: { token: 'token1', apiHost: upstream } },
    // The browser and its builds hold this process up, for which a server would answer 503.
    server: { logger: false, handleSignals: false, maxEventLoopDelayMs: 60_000 },
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = app.server.address() as AddressInfo;
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });

  return {
    origin: `http://127.0.0.1:${port}`,
    services,
    async open() {
      const context = await browser.newContext({ viewport: { width: 1000, height: 800 } });
      return context.newPage();
    },
    sentErrorIds: () =>
      bodies(services, '/api/42/envelope/').flatMap((body) => {
        const [header = '{}', item = '{}'] = body.split('\n');
        return JSON.parse(item).type === 'event' ? [String(JSON.parse(header).event_id)] : [];
      }),
    sentEvents: () =>
      bodies(services, '/track/').flatMap((body) => JSON.parse(new URLSearchParams(body).get('data') ?? '[]')),
    async close() {
      await browser.close();
      await app.close();
      await services.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function buildClient(outDir: string, dsn: string): Promise<void> {
  vi.stubEnv('NODE_ENV', 'production');
  vi.stubEnv('VITE_SENTRY_DSN', dsn);
  vi.stubEnv('VITE_MIXPANEL_TOKEN', 'token1');
  vi.stubEnv('VITE_DEBUG_PAGES', '1');
  await build({
    configFile: join(import.meta.dirname, '../../vite.config.ts'),
    envDir: false,
    logLevel: 'silent',
    build: { outDir, emptyOutDir: true },
  });
  vi.unstubAllEnvs();
}

function bodies({ received }: FakeServices, path: string): string[] {
  return received.filter(({ url }) => url.startsWith(path)).map(({ body }) => body);
}
