import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { Agent } from 'undici';
import { AppError } from './app-error.ts';
import { inflate } from './tunnel/inflate.ts';
import { createMixpanelRequest, type MixpanelTarget, mixpanelStatus } from './tunnel/mixpanel-request.ts';
import { createSentryRequest, type SentryTarget } from './tunnel/sentry-request.ts';
import { type Answer, send, type UpstreamRequest } from './tunnel/upstream.ts';

/** What {@link tunnelPlugin} takes; a half that is left out has no route. */
export interface TunnelOptions {
  /** @default '/o' */
  readonly prefix?: string;
  readonly sentry?: SentryTarget | undefined;
  readonly mixpanel?: MixpanelTarget | undefined;
  /** Of a request as it comes and after it is inflated. @default 2 MiB */
  readonly maxBodyBytes?: number;
  /** The origin whose pages may send, such as `https://app.example`. @default the host that the request was sent to */
  readonly allowedOrigin?: string | undefined;
  /** How long the vendor may take. @default 10_000 */
  readonly timeoutMs?: number;
}

/**
 * The same-origin way out of the browser: `POST <prefix>/r` for Sentry envelopes, `t/`, `p/` and `g/` for Mixpanel events, profiles and groups.
 *
 * It lets out what carries the platform's own DSN or token and nothing else; where it goes is configuration, never the request's choice. Of the
 * request only the body and the user agent go on: no cookie, no authorization, no address of the client.
 */
export const tunnelPlugin: FastifyPluginAsync<TunnelOptions> = async (app, options) => {
  const {
    prefix = '/o',
    maxBodyBytes = 2 * 1024 * 1024,
    timeoutMs = 10_000,
    sentry,
    mixpanel,
    allowedOrigin,
  } = options;
  const agent = new Agent({ connect: { timeout: timeoutMs }, headersTimeout: timeoutMs, bodyTimeout: timeoutMs });
  app.addHook('onClose', async () => agent.close());
  // Bodies are passed on byte by byte; these parsers hold for the routes of this plugin only.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.addHook('onRequest', async (request) => checkOrigin(request, allowedOrigin));

  const route = (path: string, types: readonly string[], prepare: Prepare, statusOf: (answer: Answer) => number) => {
    // Not observed itself: a report of a failed report would follow it.
    const options = { bodyLimit: maxBodyBytes, schema: { hide: true }, config: { observability: false } };
    app.post(`${prefix}/${path}`, options, async (request, reply) => {
      checkType(request, types);
      const body = await inflate(request.body, request.headers['content-encoding'], maxBodyBytes);
      return pass(await send(agent, prepare(body, request)), request, reply, statusOf);
    });
  };

  if (sentry) route('r', ENVELOPE_TYPES, createSentryRequest(sentry), ({ status }) => status);
  if (mixpanel) {
    const paths = { t: 'track', p: 'engage', g: 'groups' } as const;
    for (const [path, endpoint] of Object.entries(paths)) {
      route(`${path}/`, FORM_TYPES, createMixpanelRequest(mixpanel, endpoint), mixpanelStatus);
    }
  }
};

type Prepare = (body: Buffer, request: FastifyRequest) => UpstreamRequest;

// `fetch` and `sendBeacon` call a string text/plain, whatever is in it.
const ENVELOPE_TYPES = ['text/plain', 'application/x-sentry-envelope'];
const FORM_TYPES = ['text/plain', 'application/x-www-form-urlencoded'];

/** Browsers send `Origin` with every POST; a request without one is no page of ours. */
function checkOrigin(request: FastifyRequest, allowedOrigin: string | undefined): void {
  const { origin } = request.headers;
  const isAllowed = allowedOrigin === undefined ? hostOf(origin) === request.host : origin === allowedOrigin;
  if (isAllowed) return;
  throw new AppError({
    statusCode: 403,
    code: 'foreign_origin',
    message: 'Only pages of this origin may send observability data here.',
  });
}

function hostOf(origin: string | undefined): string | undefined {
  return origin !== undefined && URL.canParse(origin) ? new URL(origin).host : undefined;
}

function checkType(request: FastifyRequest, types: readonly string[]): void {
  const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase() ?? '';
  if (types.includes(type)) return;
  throw new AppError({
    statusCode: 415,
    code: 'wrong_content_type',
    message: `Expected one of ${types.join(', ')}, got ${JSON.stringify(type)}.`,
  });
}

function pass(answer: Answer, request: FastifyRequest, reply: FastifyReply, statusOf: (answer: Answer) => number) {
  const status = statusOf(answer);
  // Answered, not thrown: an outage of a vendor is no error of ours, and reporting it would go the same way.
  if (status >= 500)
    request.log.warn({ status: answer.status, reason: answer.reason }, 'tunnel: the vendor is not there');
  return reply.code(status).headers(answer.headers).type('application/json').send(answer.body);
}
