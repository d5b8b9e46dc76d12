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
