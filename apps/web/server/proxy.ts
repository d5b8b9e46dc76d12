import httpProxy from '@fastify/http-proxy';
import { AppError } from '@qr/common';
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { createUpstreams, type Upstreams } from './upstreams.ts';

/** Where the services are: the origin of each instance. */
export type ServiceOrigins = Readonly<Record<'auth' | 'qr' | 'microsite' | 'routing' | 'analytics', readonly string[]>>;

/**
 * Passes the public paths of the services on, with cookies and trace headers; `/internal` and `/debug` of a service have no public path.
 */
export const proxyPlugin: FastifyPluginAsync<ServiceOrigins> = async (app, services) => {
  const { auth, qr, microsite, routing, analytics } = services;
  // A step upwards would leave the public part of a service. The raw path, before anything decodes it.
  app.addHook('onRequest', async (request) => refuseSteps(request));
  // Pages that people make are not among them: they belong on an origin that holds no sessions.
  const paths = [
    { prefix: '/api/auth', origins: auth, rewritePrefix: '/auth' },
    { prefix: '/api/qr', origins: qr, rewritePrefix: '/qr' },
    { prefix: '/api/microsites', origins: microsite, rewritePrefix: '/microsites' },
    { prefix: '/api/analytics', origins: analytics, rewritePrefix: '/analytics' },
    { prefix: '/scan', origins: routing, rewritePrefix: '/scan' },
  ];
  for (const { origins, ...path } of paths) {
    const upstreams = createUpstreams(origins);
    app.addHook('onClose', async () => upstreams.close());
    await app.register(httpProxy, {
      ...path,
      // One that is named here would be asked whatever is decided for a request.
      upstream: '',
      handler: (_request, reply, destination, options) => passOn(upstreams, reply, destination ?? '/', options),
      replyOptions: {
        // Any of them will do for the plugin's checks of paths.
        getUpstream: () => origins[0] ?? '',
        rewriteRequestHeaders: (request, headers) => ({
          ...headers,
          // Fastify has decided whom to believe; what a client claims itself is not passed on.
          'x-forwarded-for': request.ip,
          'x-forwarded-host': request.host,
          'x-forwarded-proto': request.protocol,
        }),
      },
    });
  }
};

type ReplyOptions = Parameters<FastifyReply['from']>[1];

/**
 * Asks the instance whose turn it is, and another when that one cannot be reached: then nothing has changed, or, where a connection broke midway,
 * somebody who only wanted to read gets an answer all the same.
 */
function passOn(
  upstreams: Upstreams,
  reply: FastifyReply,
  destination: string,
  options: ReplyOptions,
  attempt = 1,
): FastifyReply {
  const origin = upstreams.next();
  return reply.from(destination, {
    ...options,
    getUpstream: () => origin,
    onError(_reply, { error }) {
      upstreams.failed(origin);
      const { method, socket } = reply.request;
      const isReading = method === 'GET' || method === 'HEAD';
      if (isReading && attempt < upstreams.size && !socket.destroyed) {
        passOn(upstreams, reply, destination, options, attempt + 1);
        return;
      }
      const message = 'This part of the platform cannot be reached. Please try again in a moment.';
      reply.send(new AppError({ statusCode: 502, code: 'service_unreachable', message, cause: error }));
    },
  });
}

const STEP_UP = /(?:^|[/\\])(?:\.|%2e){2}(?:$|[/\\])/i;
const ENCODED_SLASH = /%2f|%5c/i;

function refuseSteps({ raw }: FastifyRequest): void {
  const path = (raw.url ?? '').split('?')[0] ?? '';
  if (!STEP_UP.test(path) && !ENCODED_SLASH.test(path)) return;
  throw new AppError({ code: 'bad_path', message: 'The path may not contain ".." or an encoded slash.' });
}
