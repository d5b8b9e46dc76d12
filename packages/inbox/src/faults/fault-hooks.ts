import { setTimeout as wait } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isJsonObject } from '../store/records.ts';
import type { Fault, FaultEndpoint } from './fault.ts';
import type { Faults } from './faults.ts';
import { rateLimitHeaders, vendorAnswer } from './vendor-answer.ts';

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
