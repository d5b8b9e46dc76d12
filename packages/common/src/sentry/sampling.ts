import { type PropagationContext, propagationContextFromHeaders } from '@sentry/core';
import type { NodeOptions } from '@sentry/node';
import type { SampleRateOf } from './sample-rates.ts';
import { newTraceId } from './trace-ids.ts';

type Incoming = Readonly<Record<string, string | string[] | undefined>>;

/** Requests that are neither traced nor reported: a probe every second would drown the rest. */
const HEALTH = /^\/health(\/|$)/;

export function isHealthRoute(path: string): boolean {
  return HEALTH.test(path);
}

/** In which trace a request runs, and whether that trace is recorded: decided before anything is built for it. */
export interface SamplingDecision {
  readonly context: PropagationContext;
  readonly isSampled: boolean;
}

/**
 * An incoming decision is followed, else the rate decides. The number drawn is kept in the context, so that the SDK comes to the same
 * conclusion when it starts the span.
 */
export function sample(headers: Incoming, rate: number): SamplingDecision {
  const parent = single(headers['sentry-trace']);
  const context: PropagationContext =
    parent === undefined
      ? { traceId: newTraceId(), sampleRand: Math.random() }
      : propagationContextFromHeaders(parent, headers['baggage']);
  return { context, isSampled: rate > 0 && (context.sampled ?? context.sampleRand < rate) };
}

/** Of the spans that the SDK starts by itself only a request's may begin a trace. */
export const REQUEST_ORIGIN = 'auto.http.fastify';

/**
 * The same decision for the SDK, which asks for each span that has no parent. A query or a call outside of a request or job (a pool that
 * connects, a queue that polls, this library's own Redis) would otherwise be a trace of its own.
 */
export function createTracesSampler(rateOf: SampleRateOf): NonNullable<NodeOptions['tracesSampler']> {
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
