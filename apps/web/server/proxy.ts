import type { IncomingHttpHeaders } from 'node:http';
import httpProxy from '@fastify/http-proxy';
import { AppError } from '@qr/common/server';
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import type { Upstreams } from './upstreams.ts';

/** The instances of each service. */
export type Services = Readonly<Record<'auth' | 'qr' | 'microsite' | 'routing' | 'analytics', Upstreams>>;

interface ProxyOptions {
  readonly services: Services;
  /** How long a client may take to read an answer, in milliseconds. */
  readonly maxResponseMs: number;
}

/**
 * Passes the public paths of the services on, with cookies and trace headers; `/internal` and `/debug` of a service have no public path.
 */
export const proxyPlugin: FastifyPluginAsync<ProxyOptions> = async (app, { services, maxResponseMs }) => {
  const { auth, qr, microsite, routing, analytics } = services;
  // A step upwards would leave the public part of a service. The raw path, before anything decodes it.
  app.addHook('onRequest', async (request) => refuseSteps(request));
  app.setErrorHandler((error) => {
    throw isInvalidPath(error) ? badPath(error) : error;
  });
  // Read to the end before a service is asked: a client that sends slowly holds no connection to it.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  // Pages that people make are not among them: they belong on an origin that holds no sessions.
  const paths = [
    { prefix: '/api/auth', upstreams: auth, rewritePrefix: '/auth' },
    { prefix: '/api/qr', upstreams: qr, rewritePrefix: '/qr' },
    { prefix: '/api/microsites', upstreams: microsite, rewritePrefix: '/microsites' },
    { prefix: '/api/analytics', upstreams: analytics, rewritePrefix: '/analytics' },
    { prefix: '/scan', upstreams: routing, rewritePrefix: '/scan' },
  ];
  for (const { upstreams, ...path } of paths) {
    await app.register(httpProxy, {
      ...path,
      // One that is named here would be asked whatever is decided for a request.
      upstream: '',
      undici: upstreams as NonNullable<Parameters<typeof httpProxy>[1]['undici']>,
      proxyPayloads: false,
      handler: (request, reply, destination, options) =>
        passOn(upstreams, reply, destination ?? '/', { ...options, ...bodyOf(request) }),
      replyOptions: {
        // Any of them will do for the plugin's checks of paths.
        getUpstream: () => upstreams.origins[0] ?? '',
        rewriteRequestHeaders: toServiceHeaders,
        onResponse: limitTime(maxResponseMs),
      },
    });
  }
};

type ReplyOptions = NonNullable<Parameters<FastifyReply['from']>[1]>;
type OnResponse = NonNullable<ReplyOptions['onResponse']>;

/** The body as it came; with a content type, or the plugin would encode it as JSON. */
function bodyOf({ body, headers }: FastifyRequest): Pick<ReplyOptions, 'body' | 'contentType'> {
  if (!Buffer.isBuffer(body)) return {};
  return body.length === 0
    ? { body: null }
    : { body, contentType: headers['content-type'] ?? 'application/octet-stream' };
}

/** Cuts answers off that their client does not read in time: each holds a connection to the service. */
function limitTime(maxResponseMs: number): OnResponse {
  return (_request, reply, response) => {
    const { stream } = response as unknown as { stream: NodeJS.ReadableStream & { destroy(): void } };
    const timer = setTimeout(() => stream.destroy(), maxResponseMs).unref();
    stream.once('close', () => clearTimeout(timer));
    void reply.send(stream);
  };
}

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
      if (isRefused(error)) {
        const message = 'The request has a header or a length that cannot be passed on: send it without.';
        reply.send(new AppError({ code: 'bad_request', message, cause: error }));
        return;
      }
      upstreams.failed(origin);
      const { method, socket } = reply.request;
      const isReading = method === 'GET' || method === 'HEAD';
      if (isReading && attempt < upstreams.origins.length && !socket.destroyed) {
        passOn(upstreams, reply, destination, options, attempt + 1);
        return;
      }
      const message = 'This part of the platform cannot be reached. Please try again in a moment.';
      reply.send(new AppError({ statusCode: 502, code: 'service_unreachable', message, cause: error }));
    },
  });
}

/** What undici says of a request that it does not send: the client's fault, not the service's. */
const REFUSALS = new Set(['UND_ERR_INVALID_ARG', 'UND_ERR_NOT_SUPPORTED', 'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH']);

function isRefused({ cause }: Error): boolean {
  return cause instanceof Error && 'code' in cause && REFUSALS.has(String(cause.code));
}

const STEP_UP = /(?:^|[/\\])(?:\.|%2e){2}(?:$|[/\\])/i;
const ENCODED_SLASH = /%2f|%5c/i;

function refuseSteps({ raw }: FastifyRequest): void {
  const path = (raw.url ?? '').split('?')[0] ?? '';
  if (STEP_UP.test(path) || ENCODED_SLASH.test(path)) throw badPath();
}

function badPath(cause?: unknown): AppError {
  return new AppError({ code: 'bad_path', message: 'The path may not contain ".." or an encoded slash.', cause });
}

/** What the proxy plugins say, without a code, of paths that they do not pass on, such as `/scan/..x`. */
function isInvalidPath(error: unknown): boolean {
  return error instanceof Error && error.message === 'source/request contain invalid characters';
}

/**
 * Headers that concern one connection only (RFC 9110, section 7.6.1, and those that older ones list), and `expect`, which asks this server for an
 * interim answer (section 10.1.1). What `Connection` itself names is removed by `@fastify/reply-from`.
 */
const HOP_BY_HOP = new Set([
  ...['connection', 'expect', 'http2-settings', 'keep-alive', 'proxy-authenticate', 'proxy-authorization'],
  ...['proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade'],
]);

/** Returns the headers that a service gets: those of the client, without those between it and us, and who the client is. */
function toServiceHeaders(
  request: Pick<FastifyRequest, 'method' | 'ip' | 'host' | 'protocol'>,
  headers: IncomingHttpHeaders,
): IncomingHttpHeaders {
  const kept: IncomingHttpHeaders = {};
  for (const name of Object.keys(headers)) if (!HOP_BY_HOP.has(name)) kept[name] = headers[name];
  // Such a request has no body here, whatever it says.
  if (request.method === 'GET' || request.method === 'HEAD') delete kept['content-length'];
  // The address that Fastify trusts. The client's own claims are not forwarded.
  kept['x-forwarded-for'] = request.ip;
  kept['x-forwarded-host'] = request.host;
  kept['x-forwarded-proto'] = request.protocol;
  return kept;
}
