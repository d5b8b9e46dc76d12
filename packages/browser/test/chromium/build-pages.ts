import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import react from '@vitejs/plugin-react';
import { build, defaultClientConditions } from 'vite';
import type { TestProject } from 'vitest/node';
import { earlyErrors } from '../../src/vite/index.ts';
import { buildPackage, bundlers } from './bundlers.ts';
import { PLACEHOLDER_DSN, pageVariants } from './page-variants.ts';

/** Builds each page once for all test files. */
export async function setup(project: TestProject): Promise<() => void> {
  const folder = mkdtempSync(join(tmpdir(), 'qr-observability-pages-'));
  for (const [name, variables] of Object.entries(pageVariants)) await buildFixture(join(folder, name), variables);
  buildPackage();
  for (const [name, buildBookshop] of Object.entries(bundlers)) await buildBookshop(join(folder, name));
  project.provide('fixturePages', folder);
  return () => rmSync(folder, { recursive: true, force: true });
}

async function buildFixture(outDir: string, variables: Readonly<Record<string, string>>): Promise<void> {
  const before = { ...process.env };
  Object.assign(process.env, {
    VITE_SENTRY_DSN: PLACEHOLDER_DSN,
    VITE_MIXPANEL_TOKEN: 'local-token',
    VITE_SENTRY_ENVIRONMENT: 'test',
    ...variables,
    NODE_ENV: 'production',
  });
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
