import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { build } from 'vite';

export const variants = ['none', 'ours'];

const web = join(import.meta.dirname, '../../apps/web');

/** In the place of the library, before anything else resolves its name. */
const withoutSdk = {
  name: 'without-sdk',
  enforce: 'pre',
  resolveId: (source) => (source === '@qr/browser' ? join(import.meta.dirname, 'no-sdk.jsx') : undefined),
};

/** Builds the web app as it is, and without any SDK. */
export async function buildApps(folder, { dsn, token }) {
  process.env.NODE_ENV = 'production';
  process.env.VITE_SENTRY_DSN = dsn;
  process.env.VITE_MIXPANEL_TOKEN = token;
  for (const variant of variants) {
    await build({
      configFile: join(web, 'vite.config.ts'),
      envDir: false,
      logLevel: 'warn',
      plugins: variant === 'none' ? [withoutSdk] : [],
      build: { outDir: join(folder, variant), emptyOutDir: true },
    });
  }
  const page = join(folder, 'none/index.html');
  // The listener for the first errors is a part of the SDK.
  const html = (await readFile(page, 'utf8')).replace(/<script>.*?<\/script>/s, '');
  await writeFile(page, html);
  await writeFile(`${page}.gz`, gzipSync(html));
  await writeFile(`${page}.br`, brotliCompressSync(html));
}

/** Bytes after gzip of the scripts that a page names. */
export async function firstBytes(folder) {
  const page = await readFile(join(folder, 'index.html'), 'utf8');
  const scripts = (await readdir(join(folder, 'assets'))).filter((name) => name.endsWith('.js') && page.includes(name));
  const sizes = await Promise.all(
    scripts.map(async (name) => gzipSync(await readFile(join(folder, 'assets', name))).length),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
