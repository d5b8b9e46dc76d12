import type { IncomingHttpHeaders } from 'node:http';
import { type PropagationContext, propagationContextFromHeaders } from '@sentry/core';
import type { NodeOptions } from '@sentry/node';
import type { SampleRateOf } from './sample-rates.ts';
import { newTraceId } from './trace-ids.ts';

/** Requests that are neither traced nor reported: a probe every second would drown the rest. */
const HEALTH = /^\/health(\/|$)/;

export function isHealthRoute(path: string): boolean {
  return HEALTH.test(path);
}

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
 * Decides with the incoming trace whether a request is recorded. An incoming `-0` is followed, a `-1` when the caller may decide; else the rate
 * decides. The number drawn is kept in the context, so that the SDK comes to the same conclusion when it starts the span; that of a caller, in
 * `baggage`, counts only with its decision.
 *
 * @param mayDecide asked for a `-1` only.
 */
export function sample(caller: Caller, rate: number, mayDecide: (caller: Caller) => boolean): SamplingDecision {
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
  // The SDK follows what the parent has decided: here it has not.
  return { context: { ...incoming, sampled: isSampled, sampleRand }, isSampled };
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
