import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build as buildWithEsbuild } from 'esbuild';
import { build as buildWithVite } from 'vite';
import webpack, { type Configuration } from 'webpack';

const root = join(import.meta.dirname, '../../../..');
const bookshop = join(import.meta.dirname, 'bookshop');
const entry = join(bookshop, 'main.js');

/** Builds the bookshop's page into a folder; nothing but the entry is named to the bundler. */
export const bundlers: Readonly<Record<string, (outDir: string) => Promise<void>>> = {
  async vite(outDir) {
    const build = { outDir, emptyOutDir: true };
    await buildWithVite({ root: bookshop, configFile: false, envDir: false, logLevel: 'silent', build });
  },
  async webpack(outDir) {
    const output = { path: join(outDir, 'assets'), publicPath: '/assets/' };
    const options: Configuration = { mode: 'production', context: bookshop, entry, output, performance: false };
    // Minifying takes most of the time, and proves nothing here.
    options.optimization = { minimize: false };
    const stats = await promisify((done: (error: Error | null, stats?: webpack.Stats) => void) =>
      webpack(options, done),
    )();
    if (stats?.hasErrors() !== false) throw new Error(stats?.toString('errors-only'));
    writePage(outDir, '<script defer src="/assets/main.js"></script>');
  },
  async esbuild(outDir) {
    await buildWithEsbuild({
      entryPoints: [entry],
      outdir: join(outDir, 'assets'),
      bundle: true,
      splitting: true,
      format: 'esm',
      minify: true,
      logLevel: 'error',
      define: { 'process.env.NODE_ENV': '"production"' },
    });
    writePage(outDir, '<script type="module" src="/assets/main.js"></script>');
  },
};

/** Compiles the package as its users get it. */
export function buildPackage(): void {
  execFileSync(join(root, 'node_modules/.bin/tsc'), ['-b', join(root, 'packages/browser')]);
}

function writePage(outDir: string, script: string): void {
  const html = readFileSync(join(bookshop, 'index.html'), 'utf8');
  writeFileSync(join(outDir, 'index.html'), html.replace(/<script.*<\/script>/, script));
}
