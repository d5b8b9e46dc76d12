import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { build, defaultClientConditions } from 'vite';
import { earlyErrors } from '../../packages/browser/dist/vite/index.js';

export const variants = ['none', 'guide', 'ours'];
export const PROBE = 'probe';

/** A script that throws before the bundle runs, when the address asks for it; of its own file, as the page allows no inline scripts. */
const EARLY_SCRIPT = `const n=new URLSearchParams(location.search).get('script');if(n)throw new Error('script '+n)`;

/** Builds the app once for each set-up, into folders of these names. */
export async function buildVariants(folder, { dsn, token }) {
  process.env.NODE_ENV = 'production';
  process.env.VITE_SENTRY_DSN = dsn;
  process.env.VITE_MIXPANEL_TOKEN = token;
  const app = join(import.meta.dirname, 'app');
  for (const variant of [...variants, PROBE]) {
    const outDir = join(folder, variant);
    const page = join(app, `${variant}.html`);
    await writeFile(page, (await readFile(join(app, 'page.html'), 'utf8')).replace('VARIANT', variant));
    await build({
      root: app,
      configFile: false,
      envDir: false,
      logLevel: 'warn',
      plugins: [...(variant === 'ours' || variant === PROBE ? [earlyErrors()] : []), react()],
      resolve: { conditions: ['@qr/source', ...defaultClientConditions] },
      define: { __SENTRY_DEBUG__: 'false' },
      build: { outDir, emptyOutDir: true, assetsInlineLimit: 0, modulePreload: false, rollupOptions: { input: page } },
    });
    await rename(join(outDir, `${variant}.html`), join(outDir, 'index.html'));
    await mkdir(join(outDir, 'assets'), { recursive: true });
    await writeFile(join(outDir, 'assets/early.js'), EARLY_SCRIPT);
  }
}

/** Bytes after gzip of the page with the script that it names, and of what it fetches later. */
export async function sizesOf(folder) {
  const html = await readFile(join(folder, 'index.html'), 'utf8');
  const scripts = (await readdir(join(folder, 'assets'))).filter((name) => name.endsWith('.js') && name !== 'early.js');
  const size = async (path) => gzipSync(await readFile(join(folder, path))).length;
  let first = gzipSync(html).length;
  let late = 0;
  for (const script of scripts) {
    const bytes = await size(join('assets', script));
    if (html.includes(script)) first += bytes;
    // A recording is fetched with consent and by the draw only; a page of the app is the app's.
    else if (!/^(?:replay|code)-/.test(script)) late += bytes;
  }
  return { first, late };
}
