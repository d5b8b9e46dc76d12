import { STATUS_CODES } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isJsonObject } from '../store/records.ts';
import type { Fault, FaultEndpoint, FaultOf, Faults } from './faults.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** What is to go wrong with this request; decided before its body is read. */
    fault: Fault | null;
  }
}

/**
 * Makes the requests of a scope fail as the rules say. Register it after whatever reads the body, so that a request
 * that is answered wrongly has been read and kept as raw bytes like any other.
 */
export function faultHooks(
  app: FastifyInstance,
  faults: Faults,
  endpointOf: (request: FastifyRequest) => FaultEndpoint,
): void {
  const closing = new AbortController();
  app.decorateRequest('fault', null);
  app.addHook('preClose', (done) => {
    closing.abort();
    done();
  });

  app.addHook('onRequest', (request, reply, done) => {
    // A preflight is the browser's question, not the client's request.
    if (request.method !== 'OPTIONS') request.fault = faults.strike(endpointOf(request));
    const { fault } = request;
    if (fault?.kind === 'status' && fault.when === 'before') {
      // The body stays unread: the connection cannot be used again.
      reply.header('connection', 'close').send('');
      return;
    }
    if (fault?.kind !== 'reset' || fault.when === 'after') return done();
    reply.hijack();
    const { socket } = request.raw;
    if (fault.when === 'before') return void socket.resetAndDestroy();
    request.raw.once('data', () => socket.resetAndDestroy());
    // A request without a body has no middle.
    request.raw.once('end', () => socket.resetAndDestroy());
  });

  app.addHook('preHandler', async (request, reply) => {
    if (request.method !== 'OPTIONS') request.fault ??= faults.strikeBody(endpointOf(request), () => textOf(request));
    const { fault } = request;
    if (fault?.kind === 'delay') await wait(fault.delayMs, undefined, { signal: closing.signal, ref: false });
    else if (fault?.kind === 'hang' && fault.store !== true) reply.hijack();
    else if (fault !== null && isAnsweredHere(fault)) return reply.send('');
  });

  app.addHook('onSend', (request, reply, payload, done) => {
    const { fault } = request;
    if (fault === null) return done(null, payload);
    if (fault.kind === 'reset') request.raw.socket.resetAndDestroy();
    if (fault.kind === 'hang') {
      // Not returned: a reply is a promise of its own answer, which this one never gets.
      reply.hijack();
      return;
    }
    if (fault.kind === 'gzip' && (typeof payload === 'string' || Buffer.isBuffer(payload))) {
      reply.header('content-encoding', 'gzip').removeHeader('content-length');
      return done(null, gzipSync(payload));
    }
    done(null, replaceAnswer(request, reply, fault, endpointOf(request)) ?? payload);
  });
}

function textOf({ inflated }: FastifyRequest): string {
  return inflated.ok ? inflated.body.toString('utf8') : '';
}

/** True when the handler is not to see the request at all. */
function isAnsweredHere(fault: Fault): boolean {
  if (fault.kind === 'rate-limit') return fault.categories === undefined;
  return (fault.kind === 'status' || fault.kind === 'content-type') && fault.store !== true;
}

const PORTAL_PAGE = '<!doctype html><title>Sign in</title><p>Sign in to use this network.</p>';

function replaceAnswer(
  request: FastifyRequest,
  reply: FastifyReply,
  fault: Fault,
  endpoint: FaultEndpoint,
): string | undefined {
  const { query } = request;
  const isStrict = isJsonObject(query) && query['strict'] === '1';
  if (fault.kind === 'content-type') {
    reply.code(fault.status ?? 200).type(fault.contentType);
    return fault.body ?? PORTAL_PAGE;
  }
  if (fault.kind === 'status') {
    const answer = vendorAnswer(endpoint, fault.status, isStrict);
    reply.code(fault.status).type('application/json').headers(answer.headers);
    reply.headers(fault.headers ?? {});
    return fault.body ?? JSON.stringify(answer.body);
  }
  if (fault.kind === 'rate-limit' && fault.categories === undefined) {
    const answer = vendorAnswer(endpoint, 429, isStrict);
    reply.code(429).type('application/json').headers(answer.headers);
    reply.headers(rateLimitHeaders(endpoint, fault));
    return JSON.stringify(answer.body);
  }
  return undefined;
}

/** A status with the body and the headers that the vendor gives it. */
interface VendorAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;
}

const IMPORT_ERRORS: Readonly<Record<number, string>> = {
  400: 'some data points in the request failed validation',
  401: 'Invalid credentials',
  413: 'request exceeds max limit of 10485760 bytes',
  429: 'Project exceeded rate limits. Please retry the request with exponential backoff.',
};

const SENTRY_DETAILS: Readonly<Record<number, string>> = {
  400: 'invalid event envelope',
  401: 'missing authorization information',
  403: 'event submission rejected with_reason: ProjectId',
  413: "envelope exceeded size limits for type 'event' (https://develop.sentry.dev/sdk/envelopes/#size-limits)",
  429: 'Sentry dropped data due to a quota or internal rate limit being reached. This will not affect your application. See https://docs.sentry.io/product/accounts/quotas/ for more information.',
  503: 'failed to queue envelope',
};

const STATUS_WORDS: Readonly<Record<number, string>> = { 413: 'Request Entity Too Large' };

/**
 * What the vendor answers with this status, as documented; else the status in words, in the shape of the endpoint.
 * @param strict - profile updates with `strict=1` are answered like events
 */
export function vendorAnswer(endpoint: FaultEndpoint, status: number, strict = false): VendorAnswer {
  const words = STATUS_WORDS[status] ?? STATUS_CODES[status] ?? 'Unknown';
  if (endpoint === 'envelope') return sentryAnswer(status, words);
  const isProfile = endpoint === 'engage' || endpoint === 'groups';
  if (endpoint !== 'import' && !(isProfile && strict)) {
    const body = status < 400 ? { status: 1, error: null } : { error: words, status: 'error' };
    return { status, body, headers: {} };
  }
  const count = isProfile ? 'num_good_events' : 'num_records_imported';
  if (status < 400) return { status, body: { code: status, [count]: 0, status: 'OK' }, headers: {} };
  const body = { code: status, error: IMPORT_ERRORS[status] ?? words, status: words };
  const partial = status === 400 ? { [count]: 0, failed_records: [] } : {};
  return { status, body: { ...body, ...partial }, headers: {} };
}

function sentryAnswer(status: number, words: string): VendorAnswer {
  if (status < 400) return { status, body: {}, headers: {} };
  const detail = SENTRY_DETAILS[status] ?? words;
  return { status, body: { detail, causes: [] }, headers: { 'x-sentry-error': detail } };
}

const DEFAULT_RETRY_AFTER_SECONDS = 60;

/**
 * The headers of a rate limit. Mixpanel documents none, so there it takes a `retryAfterSeconds` to get one.
 * @see https://develop.sentry.dev/sdk/expected-features/rate-limiting/
 */
export function rateLimitHeaders(endpoint: FaultEndpoint, limit: FaultOf<'rate-limit'>): Record<string, string> {
  const { headers = 'all', categories = [], scope = 'organization', retryAfterSeconds } = limit;
  if (headers === 'none') return {};
  if (endpoint !== 'envelope') {
    return retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
  }
  const seconds = retryAfterSeconds ?? DEFAULT_RETRY_AFTER_SECONDS;
  // Whole seconds only: that is all the standard header can say.
  const retryAfter = { 'retry-after': String(Math.ceil(seconds)) };
  if (headers === 'retry-after') return retryAfter;
  return { ...retryAfter, 'x-sentry-rate-limits': `${seconds}:${categories.join(';')}:${scope}:quota_exceeded` };
}
