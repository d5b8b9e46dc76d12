import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import rateLimit from '@fastify/rate-limit';
import type { Plan } from '@qr/plan';
import { internals, readObservabilityConfig, type TelemetryHandle } from '@qr/telemetry/internal';
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from './app-error.ts';
import { sharedRateLimit } from './shared-rate-limit.ts';
import { createErrorAllowance } from './tunnel/address-limits.ts';
import { createLeftBehind } from './tunnel/left-behind.ts';
import { createMixpanelRequest, type MixpanelTarget, mixpanelStatus } from './tunnel/mixpanel-request.ts';
import { createPagePlan } from './tunnel/page-plan.ts';
import { createSentryRequest, type SentryTarget } from './tunnel/sentry-request.ts';
import { type Answer, createUpstreams, type UpstreamRequest } from './tunnel/upstream.ts';
import { createReadClient } from './visitor/user-agent.ts';
import { isPrefetch } from './visitor/visitor-request.ts';

/** What {@link tunnelPlugin} takes; a half that is left out has no route. */
export interface TunnelOptions {
  /** What delivers the records that pages leave behind, and counts them. */
  readonly telemetry: TelemetryHandle;
  /** The tracking plan: what it does not let a page send is refused. */
  readonly plan: Plan;
  /** The browser families that errors of pages may name, spelled as bowser spells them. @default none */
  readonly browsers?: readonly string[];
  /** @default '/o' */
  readonly prefix?: string;
  readonly sentry?: SentryTarget | undefined;
  readonly mixpanel?: MixpanelTarget | undefined;
  /** Of a request as it comes and after it is inflated. @default 2 MiB */
  readonly maxBodyBytes?: number;
  /** The origin whose pages may send, such as `https://app.example`. @default the host that the request was sent to */
  readonly allowedOrigin?: string | undefined;
  /** How long the vendor may take before the page gets an answer all the same, 503, and sends again later. @default 2000 */
  readonly timeoutMs?: number;
  /** Requests of one address in a minute. @default 300 */
  readonly maxRequestsPerMinute?: number;
  /** Errors that pages may send in 31 days, beside those of the services; one address a fifth of them. @default SENTRY_ERROR_BUDGET_PER_MONTH */
  readonly errorsPerMonth?: number;
  /** Whether the vendors are told the address of the client, from which they take country and city. @default false */
  readonly forwardClientAddress?: boolean;
}

/** Of what a page leaves behind: a beacon takes 64 KiB (https://fetch.spec.whatwg.org/#http-network-or-cache-fetch), and what is kept goes as one. */
const MAX_LEFT_BYTES = 128 * 1024;
const PRERENDER_RETRY_S = 10;
/** Of Mixpanel's forms: its SDK sends 50 records at a time. */
const MAX_FORM_BYTES = 256 * 1024;

/**
 * The same-origin way out of the browser: `POST <prefix>/r` for Sentry envelopes, `t/` and `p/` for Mixpanel events and profiles, and `q` for what a page
 * leaves behind.
 *
 * It lets out what carries the platform's own DSN or token and nothing else; where it goes is configuration, never the request's choice. Of the
 * request only the body and the user agent go on: no cookie, no authorization, and no address of the client unless that is asked for.
 */
export const tunnelPlugin: FastifyPluginAsync<TunnelOptions> = async (app, options) => {
  const { prefix = '/o', maxBodyBytes = 2 * 1024 * 1024, timeoutMs = 2000, maxRequestsPerMinute = 300 } = options;
  const { sentry, mixpanel, allowedOrigin, forwardClientAddress = false } = options;
  const telemetry = options.telemetry[internals];
  const { core } = telemetry;
  const plan = createPagePlan(options.plan, core.people);
  const readClient = createReadClient(options.browsers ?? []);
  const upstreams = createUpstreams(timeoutMs, core.warnOnce);
  const { config } = readObservabilityConfig();
  const allowance = createErrorAllowance(options.errorsPerMonth ?? config.SENTRY_ERROR_BUDGET_PER_MONTH ?? 5000);
  const leftBehind = createLeftBehind({
    ...{ telemetry, plan, sentry, mixpanel, allowance, readClient },
    spoolRoot: core.spoolRoot(config),
  });
  app.addHook('onClose', async () => {
    await leftBehind.close();
    await upstreams.close();
  });
  // Bodies are passed on byte by byte; these parsers hold for the routes of this plugin only.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.addHook('onRequest', async (request, reply) => {
    checkOrigin(request, allowedOrigin);
    // Nobody has seen a prerendered page yet. Both SDKs send again after a 503; by then the page may have been shown.
    if (isPrefetch(request)) return reply.code(503).header('retry-after', PRERENDER_RETRY_S).send();
    return undefined;
  });
  // Beside the limit of the whole server, which allows for pages and pictures. Both SDKs keep what is answered 429.
  await app.register(rateLimit, {
    max: maxRequestsPerMinute,
    timeWindow: 60_000,
    ...(await sharedRateLimit(app, core, 'tunnel')),
  });

  const route = (path: string, types: readonly string[], respond: Respond, maxBytes = maxBodyBytes) => {
    // Not observed itself: a report of a failed report would follow it.
    const routeOptions = { bodyLimit: maxBytes, schema: { hide: true }, config: { observability: false } };
    app.post(`${prefix}/${path}`, routeOptions, async (request, reply) => {
      checkType(request, types);
      return respond(await inflate(request.body, request.headers['content-encoding'], maxBytes), request, reply);
    });
  };
  const forward =
    (prepare: Prepare, statusOf: (answer: Answer) => number): Respond =>
    async (body, request, reply) => {
      const upstream = prepare(body, request, reply);
      const clientAddress = forwardClientAddress ? request.ip : undefined;
      return pass(await upstreams.send({ ...upstream, clientAddress, timeoutMs }), request, reply, statusOf);
    };

  if (sentry) {
    const onOverBudget = (errors: number) => leftBehind.drop('sentry', 'over_budget', errors);
    const prepare = createSentryRequest({ ...sentry, people: core.people, allowance, readClient, onOverBudget });
    route(
      'r',
      ENVELOPE_TYPES,
      forward(prepare, ({ status }) => status),
    );
  }
  if (mixpanel) {
    // No page may change a group.
    for (const [path, endpoint, lane] of MIXPANEL_PATHS) {
      const onRefused = (records: number) => leftBehind.drop(lane, 'refused', records);
      const prepare = createMixpanelRequest({
        ...mixpanel,
        plan,
        endpoint,
        isLocated: forwardClientAddress,
        onRefused,
      });
      route(path, FORM_TYPES, forward(prepare, mixpanelStatus), Math.min(maxBodyBytes, MAX_FORM_BYTES));
    }
  }
  if (sentry || mixpanel) {
    const accept: Respond = async (body, request, reply) => {
      await leftBehind.accept(body, request.ip, request.headers['user-agent']);
      return reply.code(202).send();
    };
    route('q', TEXT_TYPES, accept, Math.min(maxBodyBytes, MAX_LEFT_BYTES));
  }
};

const gunzipAsync = promisify(gunzip);

type Respond = (body: Buffer, request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;
type Prepare = (body: Buffer, request: FastifyRequest, reply: FastifyReply) => UpstreamRequest;

const MIXPANEL_PATHS = [
  ['t/', 'track', 'import'],
  ['p/', 'engage', 'engage'],
] as const;

// `fetch` and `sendBeacon` call a string text/plain, whatever is in it.
const TEXT_TYPES = ['text/plain'];
const ENVELOPE_TYPES = [...TEXT_TYPES, 'application/x-sentry-envelope'];
const FORM_TYPES = [...TEXT_TYPES, 'application/x-www-form-urlencoded'];

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

/**
 * The body as it was before the client compressed it.
 *
 * @throws AppError 413 when it would be larger than `maxBytes`: a small body can inflate a thousandfold.
 */
async function inflate(body: unknown, encoding: string | undefined, maxBytes: number): Promise<Buffer> {
  if (!Buffer.isBuffer(body) || body.length === 0) {
    throw new AppError({ code: 'empty_body', message: 'The body is empty.' });
  }
  if (encoding === undefined || encoding === 'identity') return body;
  if (encoding !== 'gzip') {
    throw new AppError({ statusCode: 415, code: 'wrong_encoding', message: 'Expected no content-encoding, or gzip.' });
  }
  try {
    return await gunzipAsync(body, { maxOutputLength: maxBytes });
  } catch (error) {
    const isTooLarge = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    throw isTooLarge
      ? new AppError({ statusCode: 413, code: 'too_large', message: `The inflated body exceeds ${maxBytes} bytes.` })
      : new AppError({ code: 'malformed', message: 'The body is not gzip, although its content-encoding says so.' });
  }
}

function pass(answer: Answer, request: FastifyRequest, reply: FastifyReply, statusOf: (answer: Answer) => number) {
  const status = statusOf(answer);
  // Answered, not thrown: an outage of a vendor is no error of ours, and reporting it would go the same way.
  if (status >= 500)
    request.log.warn({ status: answer.status, reason: answer.reason }, 'tunnel: the vendor is not there');
  return reply.code(status).headers(answer.headers).type('application/json').send(answer.body);
}
