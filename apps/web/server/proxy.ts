import httpProxy from '@fastify/http-proxy';
import { AppError } from '@qr/common';
import type { FastifyPluginAsync, FastifyRequest } from 'fastify';

/** Where the services are. */
export interface ServiceOrigins {
  readonly auth: string;
  readonly qr: string;
  readonly microsite: string;
  readonly routing: string;
  readonly analytics: string;
}

/**
 * Passes the public paths of the services on, with cookies and trace headers; `/internal` and `/debug` of a service have no public path.
 */
export const proxyPlugin: FastifyPluginAsync<ServiceOrigins> = async (app, services) => {
  const { auth, qr, microsite, routing, analytics } = services;
  // A step upwards would leave the public part of a service. The raw path, before anything decodes it.
  app.addHook('onRequest', async (request) => refuseSteps(request));
  // Pages that people make are not among them: they belong on an origin that holds no sessions.
  const paths = [
    { prefix: '/api/auth', upstream: auth, rewritePrefix: '/auth' },
    { prefix: '/api/qr', upstream: qr, rewritePrefix: '/qr' },
    { prefix: '/api/microsites', upstream: microsite, rewritePrefix: '/microsites' },
    { prefix: '/api/analytics', upstream: analytics, rewritePrefix: '/analytics' },
    { prefix: '/scan', upstream: routing, rewritePrefix: '/scan' },
  ];
  for (const path of paths) {
    await app.register(httpProxy, {
      ...path,
      replyOptions: {
        rewriteRequestHeaders: (request, headers) => ({
          ...headers,
          // Fastify has decided whom to believe; what a client claims itself is not passed on.
          'x-forwarded-for': request.ip,
          'x-forwarded-host': request.host,
          'x-forwarded-proto': request.protocol,
        }),
        onError: (reply, { error }) => {
          const message = 'This part of the platform cannot be reached. Please try again in a moment.';
          reply.send(new AppError({ statusCode: 502, code: 'service_unreachable', message, cause: error }));
        },
      },
    });
  }
};

const STEP_UP = /(?:^|[/\\])(?:\.|%2e){2}(?:$|[/\\])/i;
const ENCODED_SLASH = /%2f|%5c/i;

function refuseSteps({ raw }: FastifyRequest): void {
  const path = (raw.url ?? '').split('?')[0] ?? '';
  if (!STEP_UP.test(path) && !ENCODED_SLASH.test(path)) return;
  throw new AppError({ code: 'bad_path', message: 'The path may not contain ".." or an encoded slash.' });
}
