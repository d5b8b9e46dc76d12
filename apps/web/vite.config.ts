import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { defaultClientConditions, defineConfig, loadEnv, type Plugin, type PluginOption, type UserConfig } from 'vite';
// By their paths: this file is read before anything is built.
import { earlyErrors } from '../../packages/browser/src/vite/index.ts';
import { releaseOf } from '../../packages/telemetry/src/settings/release.ts';

const COMPRESSIBLE = /\.(js|css|html|svg)$/;

// One .env for the whole platform; only names that start with VITE_ reach the browser.
const envDir = join(import.meta.dirname, '../..');

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
async function sourceMapUpload(release: string | undefined): Promise<PluginOption[]> {
  const { SENTRY_AUTH_TOKEN: authToken, SENTRY_ORG: org, SENTRY_PROJECT: project, SENTRY_URL: url } = process.env;
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

/** Returns what the page's errors say of where they come from: what the services say, whose variables it reads, unless the page has its own. */
function deploymentOf(mode: string): { readonly environment: string; readonly release: string | undefined } {
  const env = loadEnv(mode, envDir, ['SENTRY_', 'VITE_']);
  const named = env['VITE_SENTRY_RELEASE'] || env['SENTRY_RELEASE'];
  return {
    environment: env['VITE_SENTRY_ENVIRONMENT'] || env['SENTRY_ENVIRONMENT'] || mode,
    release: releaseOf(named ? { SENTRY_RELEASE: named } : {}, console.warn, import.meta.dirname),
  };
}

export default defineConfig(async ({ mode }): Promise<UserConfig> => {
  const { environment, release } = deploymentOf(mode);
  return {
    root: import.meta.dirname,
    envDir,
    plugins: [earlyErrors(), react(), ...(await sourceMapUpload(release)), precompress()],
    resolve: { conditions: ['@qr/source', ...defaultClientConditions] },
    // Leaves the SDK's own debug messages out of the bundle.
    define: {
      __SENTRY_DEBUG__: 'false',
      'import.meta.env.VITE_SENTRY_ENVIRONMENT': JSON.stringify(environment),
      'import.meta.env.VITE_SENTRY_RELEASE': JSON.stringify(release) ?? 'undefined',
    },
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
  };
});
