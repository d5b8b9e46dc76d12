import type { FastifyInstance } from 'fastify';

/**
 * Lets pages of any origin send telemetry. The origin is mirrored, as mixpanel-browser sends with credentials and a
 * browser refuses `*` there. Only the ingestion endpoints get this: what the inbox holds is not for other origins.
 */
export function allowAnyOrigin(app: FastifyInstance): void {
  app.addHook('onRequest', (request, reply, done) => {
    const { origin } = request.headers;
    reply.header('access-control-allow-origin', origin ?? '*');
    reply.header('access-control-expose-headers', 'X-Sentry-Error, X-Sentry-Rate-Limits, Retry-After');
    if (origin !== undefined) {
      reply.header('access-control-allow-credentials', 'true');
      reply.header('vary', 'Origin');
    }
    done();
  });
}

/** The answer to a preflight request, for each path that `allowAnyOrigin` opens. */
export function preflightHeaders(requested: string | undefined): Record<string, string> {
  return {
    'access-control-allow-methods': 'GET, POST, OPTIONS',
    'access-control-allow-headers':
      requested ??
      'authorization, content-encoding, content-type, x-forwarded-for, x-sentry-auth, sentry-trace, baggage, traceparent',
    'access-control-max-age': '600',
  };
}

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

/** What is wrong with a request, as Fastify found before any handler saw it. */
interface ClientError {
  readonly status: number;
  readonly message: string;
}

/** Returns the status and message of an error that the client caused; undefined for our own. */
export function clientErrorOf(error: unknown): ClientError | undefined {
  if (!(error instanceof Error) || !('statusCode' in error)) return undefined;
  const { statusCode: status, message } = error;
  return typeof status === 'number' && status >= 400 && status < 500 ? { status, message } : undefined;
}
