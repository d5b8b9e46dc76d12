import { existsSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { defaultClientConditions, defaultServerConditions } from 'vite';
import { defineConfig } from 'vitest/config';

const root = import.meta.dirname;

/** A project that runs on Node from source: the `@qr/source` condition finds `src/`, so no build is needed. */
const node = (name: string, folder: string, timeoutMs = 60_000) => ({
  ssr: { resolve: { conditions: ['@qr/source', ...defaultServerConditions] } },
  test: {
    name,
    root: join(root, folder),
    include: ['test/**/*.test.ts', '*.test.ts'],
    testTimeout: timeoutMs,
    hookTimeout: 30_000,
    restoreMocks: true,
  },
});

/**
 * One whose modules hold no state: files share the workers, and so what they import, which takes longer than their tests.
 * Not for tests of `@qr/common` and of the services: the SDK and both pipelines exist once in a process.
 */
const stateless = (name: string, folder: string) => {
  const { test, ...rest } = node(name, folder);
  return { ...rest, test: { ...test, isolate: false } };
};

/** One whose tests open the embedded database. */
const withDatabase = (name: string, folder: string) => {
  const { test, ...rest } = node(name, folder);
  return { ...rest, test: { ...test, globalSetup: [join(root, 'packages/database/test/make-template.ts')] } };
};

/** Each service by its folder; the config names them too, but its imports resolve only after a build. */
const folders = readdirSync(join(root, 'services'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
const services = folders.map(({ name }) => {
  const folder = `services/${name}`;
  return existsSync(join(root, folder, 'migrations')) ? withDatabase(name, folder) : node(name, folder);
});

/** Node 25 and later have a `localStorage` of their own, which would stand in the way of the simulated one. */
const withoutOwnStorage = ['--no-experimental-webstorage', '--no-webstorage']
  .filter((flag) => process.allowedNodeEnvironmentFlags.has(flag))
  .slice(0, 1);

/** A project that runs in a simulated DOM. */
const dom = (name: string, folder: string) => ({
  resolve: { conditions: ['@qr/source', ...defaultClientConditions] },
  test: {
    name,
    root: join(root, folder),
    include: ['test/**/*.test.{ts,tsx}'],
    exclude: ['test/chromium/**'],
    environment: 'jsdom',
    execArgv: withoutOwnStorage,
    // The real SDKs are loaded and transformed, which takes seconds on a busy machine.
    testTimeout: 60_000,
    restoreMocks: true,
  },
});

/** After everything else: what runs in them (browsers, the whole platform) wants the cores for itself, and waits for timers most of the time. */
const heavy = { maxWorkers: 4, sequence: { groupOrder: 1 } };

/** The library in a real browser, on a page that is built for it. */
const chromium = {
  ssr: { resolve: { conditions: ['@qr/source', ...defaultServerConditions] } },
  test: {
    name: 'chromium',
    root: join(root, 'packages/browser/test/chromium'),
    include: ['*.test.ts'],
    globalSetup: ['build-pages.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    ...heavy,
  },
};

/** The whole platform, built: each file starts some six processes. */
const endToEnd = {
  test: {
    name: 'e2e',
    root: join(root, 'e2e'),
    include: ['*.test.ts'],
    globalSetup: ['build.ts', join(root, 'packages/database/test/make-template.ts')],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    ...heavy,
  },
};

export default defineConfig({
  test: {
    // More than there are cores: most suites wait for processes, disks and sockets. The default on two cores is one.
    maxWorkers: availableParallelism() + 1,
    reporters: ['default', join(root, 'scripts/count-reporter.mjs')],
    projects: [
      stateless('scripts', 'scripts'),
      stateless('plan', 'packages/plan'),
      node('delivery', 'packages/delivery'),
      stateless('events', 'packages/events'),
      stateless('alerts', 'packages/alerts'),
      stateless('inbox', 'packages/inbox'),
      node('telemetry', 'packages/telemetry'),
      withDatabase('common', 'packages/common'),
      node('ops', 'packages/ops'),
      withDatabase('database', 'packages/database'),
      dom('browser', 'packages/browser'),
      chromium,
      ...services,
      node('web', 'apps/web'),
      node('examples', 'examples'),
      endToEnd,
    ],
  },
});
