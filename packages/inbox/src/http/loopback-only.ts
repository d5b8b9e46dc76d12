import type { FastifyInstance } from 'fastify';

const LOOPBACK_HOSTS: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * Refuses requests that reached a loopback address under another name. Else a page that makes its own host name point
 * to 127.0.0.1 (DNS rebinding) could read everything in the inbox.
 */
export function refuseForeignHostNames(app: FastifyInstance): void {
  app.addHook('onRequest', (request, reply, done) => {
    const host = (request.headers.host ?? '').replace(/:\d+$/, '').toLowerCase();
    if (isLoopback(request.socket.localAddress) && !LOOPBACK_HOSTS.has(host)) {
      reply
        .code(403)
        .send({ error: 'Forbidden', message: `host "${host}" is not this machine: use localhost or 127.0.0.1` });
      return;
    }
    done();
  });
}

function isLoopback(address: string | undefined): boolean {
  return address !== undefined && (address.includes('127.0.0.') || address === '::1');
}
