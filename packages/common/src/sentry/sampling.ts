import { propagationContextFromHeaders } from '@sentry/core';

type Incoming = Readonly<Record<string, string | string[] | undefined>>;

/** Requests that are neither traced nor reported: a probe every second would drown the rest. */
const HEALTH = /^\/health(\/|$)/;

export function isHealthRoute(path: string): boolean {
  return HEALTH.test(path);
}

/** In which trace a request runs, and whether that trace is recorded: decided before anything is built for it. */
export interface SamplingDecision {
  readonly context: ReturnType<typeof propagationContextFromHeaders>;
  readonly isSampled: boolean;
}

/**
 * An incoming decision is followed, else the rate decides. The number drawn is kept in the context, so that the SDK comes to the same
 * conclusion when it starts the span.
 */
export function sample(headers: Incoming, rate: number): SamplingDecision {
  const context = propagationContextFromHeaders(single(headers['sentry-trace']), headers['baggage']);
  return { context, isSampled: rate > 0 && (context.sampled ?? context.sampleRand < rate) };
}

function single(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}
