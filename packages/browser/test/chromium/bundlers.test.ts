import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { isBrowserAvailable, openBrowser } from '../../../../e2e/browser.ts';

/** Found in the code of each SDK only. */
const SDKS = ['request_batchers', 'sentry.javascript'];

interface Received {
  readonly path: string;
  readonly body: string;
}

describe.each(['vite', 'webpack', 'esbuild'])('a page that is built with %s', (bundler) => {
  const assets = () => join(inject('fixturePages'), bundler, 'assets');
  const read = (name: string) => readFileSync(join(assets(), name), 'utf8');

  it('has no SDK in what it loads before it paints, but in chunks of their own', () => {
    const names = readdirSync(assets()).filter((name) => name.endsWith('.js'));
    const html = readFileSync(join(assets(), '../index.html'), 'utf8');
    const eager = new Set(names.filter((name) => html.includes(name)));
    for (const name of eager) for (const [, other = ''] of read(name).matchAll(STATIC_IMPORT)) eager.add(other);
    expect(eager.size).toBeGreaterThan(0);
    for (const sdk of SDKS) {
      const holders = names.filter((name) => read(name).includes(sdk));
      expect(holders.length, sdk).toBeGreaterThan(0);
      expect(holders.filter((name) => eager.has(name))).toEqual([]);
    }
  });

  describe.skipIf(!isBrowserAvailable())('in Chromium', () => {
    let browser: Awaited<ReturnType<typeof openBrowser>>;
    let server: Server | undefined;

    beforeAll(async () => {
      browser = await openBrowser();
    });
    afterAll(() => browser?.close());
    afterEach(() => server?.close());

    it('sends what its own plan lists, and nothing else', async () => {
      const received: Received[] = [];
      server = servePage(join(assets(), '..'), received);
      await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
      const page = await browser.context.newPage();
      const failures: string[] = [];
      page.on('pageerror', (error) => failures.push(String(error)));
      await page.goto(`http://localhost:${(server.address() as AddressInfo).port}/shelves/7`);
      const sent = (path: string) =>
        received
          .filter((request) => request.path.startsWith(path))
          .map(({ body }) => body)
          .join('\n');
      await expect.poll(() => sent('/o/t/'), { timeout: 20_000 }).toContain('shelf_seen');
      await expect.poll(() => sent('/o/p/'), { timeout: 20_000 }).toContain('favourite_genre');
      await expect.poll(() => sent('/o/r'), { timeout: 20_000 }).toContain('out of print');
      expect(sent('/o/t/')).toContain('"found_at":"https://search.example/"');
      expect(sent('/o/t/')).toContain('"page":"/shelves/:shelf"');
      expect(sent('/o/r')).toContain('"extra":{"isbn":"9780141036144"}');
      expect(received.map(({ body }) => body).join('\n')).not.toMatch(/private|button_clicked|shoe_size|mood/);
      expect(failures).toEqual([]);
      await page.close();
    });
  });
});

const STATIC_IMPORT = /(?:from|import)\s*"\.\/([^"]+)"/g;

/** Serves a built page, and takes what its SDKs send. */
function servePage(folder: string, received: Received[]): Server {
  return createServer((request, response) => {
    const path = request.url ?? '';
    if (request.method === 'POST') {
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => {
        received.push({ path, body: path.startsWith('/o/r') ? body : decodeURIComponent(body) });
        response.setHeader('content-type', 'application/json');
        response.end('{"status":1,"error":null}');
      });
    } else if (path.startsWith('/assets/')) {
      response.setHeader('content-type', 'text/javascript');
      response.end(readFileSync(join(folder, path)));
    } else {
      response.setHeader('content-type', 'text/html');
      response.end(readFileSync(join(folder, 'index.html')));
    }
  });
}
