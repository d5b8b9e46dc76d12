import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { defaultClientConditions, defineConfig, type Plugin, type PluginOption } from 'vite';
// By its path: this file is read before anything is built.
import { earlyErrors } from '../../packages/browser/src/vite/index.ts';

const COMPRESSIBLE = /\.(js|css|html|svg)$/;

const outDir = process.env['WEB_OUT_DIR'] ?? 'dist/client';

/** Writes a .br and a .gz beside each text file, so that the server compresses nothing while it answers. */
const precompress = (): Plugin => ({
  name: 'precompress',
  apply: 'build',
  async writeBundle({ dir = '' }) {
    for (const file of await readdir(dir, { recursive: true })) {
      if (!COMPRESSIBLE.test(file)) continue;
      const path = join(dir, file);
      const content = await readFile(path);
      await Promise.all([
        writeFile(`${path}.br`, brotliCompressSync(content)),
        writeFile(`${path}.gz`, gzipSync(content)),
      ]);
    }
  },
});

/** Uploads the source maps under debug ids when there is a token to do it with, and takes them out of what is served. */
async function sourceMapUpload(): Promise<PluginOption[]> {
  const { SENTRY_AUTH_TOKEN: authToken, SENTRY_ORG: org, SENTRY_PROJECT: project, SENTRY_URL: url } = process.env;
  const { VITE_SENTRY_RELEASE: release } = process.env;
  if (!authToken) return [];
  const { sentryVitePlugin } = await import('@sentry/bundler-plugins/vite');
  return [
    sentryVitePlugin({
      authToken,
      ...(org && { org }),
      ...(project && { project }),
      ...(url && { url }),
      telemetry: false,
      release: { inject: false, ...(release && { name: release }) },
      sourcemaps: { filesToDeleteAfterUpload: [join(resolve(import.meta.dirname, outDir), '**/*.map')] },
    }) as PluginOption,
  ];
}

export default defineConfig({
  root: import.meta.dirname,
  // One .env for the whole platform; only names that start with VITE_ reach the browser.
  envDir: join(import.meta.dirname, '../..'),
  plugins: [earlyErrors(), react(), ...(await sourceMapUpload()), precompress()],
  resolve: { conditions: ['@qr/source', ...defaultClientConditions] },
  // Leaves the SDK's own debug messages out of the bundle.
  define: { __SENTRY_DEBUG__: 'false' },
  build: {
    outDir,
    emptyOutDir: true,
    // For Sentry's upload; the server never serves them.
    sourcemap: 'hidden',
    // The page names what its first script imports, so that both come at once. A list of what each late chunk needs would be part of the
    // first; that chunk asks for it soon enough.
    modulePreload: {
      polyfill: false,
      resolveDependencies: (_file, files, { hostType }) => (hostType === 'html' ? files : []),
    },
    // Inlined files would be data: URLs, which the content security policy does not allow for scripts and styles.
    assetsInlineLimit: 0,
  },
});
