import { AsyncLocalStorage } from 'node:async_hooks';
import { randomFillSync } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { defineIntegration, type PropagationContext, propagationContextFromHeaders, spanIsSampled } from '@sentry/core';
import * as Sentry from '@sentry/node';
import type { ObservabilityConfig } from '../settings/config.ts';

/** The sender of a request. */
export interface Caller {
  readonly ip: string;
  readonly headers: IncomingHttpHeaders;
}

/** In which trace a request runs, and whether that trace is recorded: decided before anything is built for it. */
export interface SamplingDecision {
  readonly context: PropagationContext;
  readonly isSampled: boolean;
}

/**
 * Returns the function that decides with the incoming trace whether a request is recorded. An incoming `-0` is followed, a `-1` when the caller may
 * decide; else the rate decides. The number drawn is kept in the context, so that the SDK comes to the same conclusion when it starts the span; the
 * one in a caller's `baggage` counts only with its decision.
 *
 * `mayDecide` is asked for a `-1` only.
 */
export function createSampler(): (
  caller: Caller,
  rate: number,
  mayDecide: (caller: Caller) => boolean,
) => SamplingDecision {
  const newTraceId = createTraceIds();
  return (caller, rate, mayDecide) => {
    const { headers } = caller;
    const parent = single(headers['sentry-trace']);
    if (parent === undefined) {
      const context = { traceId: newTraceId(), sampleRand: Math.random() };
      return { context, isSampled: rate > 0 && context.sampleRand < rate };
    }
    const incoming = propagationContextFromHeaders(parent, headers['baggage']);
    const isDecided = incoming.sampled === false || (incoming.sampled === true && rate > 0 && mayDecide(caller));
    if (isDecided) return { context: incoming, isSampled: rate > 0 && incoming.sampled === true };
    const sampleRand = Math.random();
    const isSampled = rate > 0 && sampleRand < rate;
    // The SDK follows the decision of the parent, which has made none.
    return { context: { ...incoming, sampled: isSampled, sampleRand }, isSampled };
  };
}

const ID_BYTES = 16;

/**
 * Returns the function that draws trace ids, 32 hex digits. The SDK makes a UUID and takes its dashes out, for four times the cost. Random bytes are
 * drawn in bulk, because the call for a single id would cost ten times the bytes.
 */
function createTraceIds(): () => string {
  const pool = Buffer.alloc(256 * ID_BYTES);
  let next = pool.length;
  return () => {
    if (next === pool.length) {
      randomFillSync(pool);
      next = 0;
    }
    next += ID_BYTES;
    return pool.toString('hex', next - ID_BYTES, next);
  };
}

/** Of the spans that the SDK starts by itself only a request's may begin a trace. */
export const REQUEST_ORIGIN = 'auto.http.fastify';

/**
 * The same decision for the SDK, which asks for each span that has no parent. A query or a call outside of a request or job (a pool that
 * connects, a queue that polls, this library's own Redis) would otherwise be a trace of its own.
 */
export function createTracesSampler(rateOf: SampleRateOf): NonNullable<Sentry.NodeOptions['tracesSampler']> {
  return ({ attributes, parentSampled }) => {
    const origin = String(attributes?.['sentry.origin'] ?? 'manual');
    if (origin.startsWith('auto.') && origin !== REQUEST_ORIGIN) return false;
    const route = attributes?.['http.route'];
    return parentSampled ?? rateOf(typeof route === 'string' ? route : undefined);
  };
}

function single(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}

/** Share of traces that is recorded for requests of a route, from 0 to 1; `undefined` for what has no route. */
export type SampleRateOf = (route: string | undefined) => number;

/** Rates by route pattern, such as `/scan/:qrId`. */
export type RouteSampleRates = Readonly<Record<string, number>>;

const IN_PRODUCTION = 0.1;
const ON_A_LAPTOP = 1;

/** Nothing is recorded. */
export const noTraces: SampleRateOf = () => 0;

/**
 * The rates of this process: for a route what `SENTRY_ROUTE_SAMPLE_RATES` says, else, in production, what the service says, else the general rate.
 * Elsewhere a service's own rates are left aside: who tries something out wants to see its trace.
 */
export function sampleRates(config: ObservabilityConfig, ofService: RouteSampleRates): SampleRateOf {
  const isProduction = config.NODE_ENV === 'production';
  const general = config.SENTRY_TRACES_SAMPLE_RATE ?? (isProduction ? IN_PRODUCTION : ON_A_LAPTOP);
  // Zero turns tracing off, whatever single routes are to have.
  if (general === 0) return noTraces;
  const rates = new Map([
    ...(isProduction ? Object.entries(ofService) : []),
    ...(config.SENTRY_ROUTE_SAMPLE_RATES ?? '').split(',').filter(Boolean).map(readRate),
  ]);
  if (rates.size === 0) return () => general;
  return (route) => (route === undefined ? general : (rates.get(route) ?? general));
}

function readRate(entry: string): readonly [string, number] {
  const [route = '', rate] = entry.split('=');
  return [route, Number(rate)];
}

/**
 * Returns what matches the URLs that may receive our trace headers. By default the SDK sends the headers, with baggage, to every host.
 *
 * @param origins URLs of services; what is none is left out.
 */
export function traceTargets(origins: readonly string[]): RegExp[] {
  // A text would match anywhere in a URL, in a query of a stranger's too.
  return [...new Set(origins.flatMap(originOf))].map(
    (origin) => new RegExp(`^${origin.replace(/[.*+?^$()|[\]\\{}]/g, '\\$&')}(?:[/?#]|$)`),
  );
}

function originOf(url: string): string[] {
  const text = url.trim();
  return /^https?:/i.test(text) && URL.canParse(text) ? [new URL(text).origin] : [];
}

/** Traces of which a span never ends are forgotten when there are so many; then each of their spans leaves by itself. */
const MAX_OPEN_TRACES = 10_000;

/**
 * Sends the spans of a trace as soon as none of it is under way.
 *
 * The SDK waits half a second after the end of each request. What waits (the spans, their scopes, and by them the request) outlives the young
 * generation of the heap: 4 ms of each 40 went into copying it at 1,000 traces a second. A span that ends later is sent when it does, and what
 * was gathered beside one that never ends after five seconds, which is the SDK's own limit.
 */
export function spanStreamIntegrations() {
  // In this order: a span must be in the SDK's buffer before the buffer is sent.
  return [Sentry.spanStreamingIntegration({ flushOnSegmentEnd: false }), sendCompleteTraces()];
}

const sendCompleteTraces = defineIntegration(() => ({
  name: 'SendCompleteTraces',
  setup(client) {
    const runDetached = AsyncLocalStorage.snapshot();
    /** How many spans of it are under way, by trace. */
    const open = new Map<string, number>();
    let complete: string[] = [];

    /**
     * After the requests that came in the same turn, which would wait for it otherwise. A part of them at a time, so that many at once do not
     * stop the loop, and the more wait the larger.
     */
    function send(): void {
      const count = Math.ceil(complete.length / 4);
      for (const traceId of complete.slice(0, count)) {
        try {
          client.emit('flushTraceSpans', traceId);
        } catch {
          // A hook of somebody else's refused: its trace is lost, the process goes on.
        }
      }
      complete = complete.slice(count);
      if (complete.length > 0) setImmediate(send);
    }

    client.on('spanStart', (span) => {
      if (!spanIsSampled(span)) return;
      const { traceId } = span.spanContext();
      if (open.size >= MAX_OPEN_TRACES) open.clear();
      open.set(traceId, (open.get(traceId) ?? 0) + 1);
    });
    client.on('afterSpanEnd', (span) => {
      if (!spanIsSampled(span)) return;
      const { traceId } = span.spanContext();
      const left = (open.get(traceId) ?? 1) - 1;
      if (left > 0) {
        open.set(traceId, left);
        return;
      }
      open.delete(traceId);
      // Within the context of a request, what is sent would keep that alive.
      if (complete.push(traceId) === 1) runDetached(setImmediate, send);
    });
    client.on('close', () => open.clear());
  },
}));
