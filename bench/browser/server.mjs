import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { earlyErrorsCspSource } from '../../packages/browser/dist/vite/index.js';
import { buildServer, tunnelPlugin } from '../../packages/common/dist/server.js';

const TYPES = { js: 'text/javascript', html: 'text/html', css: 'text/css' };

/** One origin for a built variant: its files, compressed before, and the tunnel. */
export async function servePage(folder, { dsn, token, inbox }) {
  const app = buildServer({ serviceName: 'bench', logger: false, rateLimit: false, handleSignals: false });
  const target = { sentry: { dsn }, mixpanel: { token, apiHost: inbox } };
  await app.register(tunnelPlugin, { ...target, maxRequestsPerMinute: 1e9 });
  const files = new Map();
  app.get('/*', async (request, reply) => {
    const path = request.url.split('?')[0];
    const isFile = path.startsWith('/assets/');
    const name = isFile ? path.slice(1) : 'index.html';
    // Asked for by the part that throws in a script before the bundle.
    const hasEarlyScript = request.url.includes('script=');
    const key = `${name}${hasEarlyScript}`;
    if (!files.has(key)) {
      let body = await readFile(join(folder, name), 'utf8');
      if (!isFile && hasEarlyScript) body = body.replace('<title>', '<script src="/assets/early.js"></script><title>');
      files.set(key, gzipSync(body));
    }
    return reply
      .type(TYPES[name.split('.').at(-1)] ?? 'text/plain')
      .header('content-encoding', 'gzip')
      .header('cache-control', 'no-store')
      .header(
        'content-security-policy',
        `default-src 'self'; script-src 'self' ${earlyErrorsCspSource}; style-src 'self' 'unsafe-inline'; worker-src 'self' blob:`,
      )
      .send(files.get(key));
  });
  const origin = await app.listen({ port: 0, host: '127.0.0.1' });
  return { origin: origin.replace('127.0.0.1', 'localhost'), close: () => app.close() };
}
