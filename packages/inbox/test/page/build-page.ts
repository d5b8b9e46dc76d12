import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'vite';

/** The page as `npm run build` makes it, in a folder of its own: what lies in `dist` may be older than the sources. */
export async function buildPage(): Promise<{ readonly folder: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'inbox-page-'));
  const environment = process.env['NODE_ENV'];
  // Vitest's own `test` would bundle React's development build.
  process.env['NODE_ENV'] = 'production';
  try {
    await build({
      configFile: join(import.meta.dirname, '../../page/vite.config.ts'),
      mode: 'production',
      logLevel: 'silent',
      build: { outDir: folder, emptyOutDir: true },
    });
  } finally {
    process.env['NODE_ENV'] = environment;
  }
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}
