import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

/** What the page is told. */
interface PageSettings {
  readonly dsn: string;
  readonly token: string;
  readonly apiHost: string;
  readonly format: 'base64' | 'json';
}

/** The page with both SDKs, at an origin of its own. */
export interface SdkPage {
  url(settings: PageSettings): string;
  close(): Promise<void>;
}

/** Bundles the page into a temporary folder and serves it on a free port. */
export async function serveSdkPage(): Promise<SdkPage> {
  const folder = await mkdtemp(join(tmpdir(), 'inbox-sdk-page-'));
  await build({
    configFile: false,
    logLevel: 'error',
    root: import.meta.dirname,
    define: { 'process.env.NODE_ENV': '"production"' },
    build: {
      outDir: folder,
      emptyOutDir: true,
      minify: false,
      lib: {
        entry: fileURLToPath(new URL('./sdk-page.js', import.meta.url)),
        formats: ['es'],
        fileName: () => 'page.js',
      },
    },
  });
  const script = await readFile(join(folder, 'page.js'));
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    if (pathname === '/page.js') return response.setHeader('content-type', 'text/javascript').end(script);
    if (pathname !== '/') return response.writeHead(404).end();
    const settings = searchParams.get('settings') ?? '{}';
    response.setHeader('content-type', 'text/html; charset=utf-8');
    return response.end(
      `<!doctype html><link rel="icon" href="data:,"><div id="root"></div><script>settings = ${settings}</script><script type="module" src="page.js"></script>`,
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: (settings) => `http://localhost:${port}/?${new URLSearchParams({ settings: JSON.stringify(settings) })}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true });
    },
  };
}
