import type { Envelope } from '@sentry/core';
import { observabilityStats } from '../../src/index.ts';
import { errors } from '../../src/instance.ts';

export const traceId = 'a'.repeat(32);
/** Random digits that pass for a card number, as one span id in some thousand does. */
export const spanId = '4111111111111111';

/** What the gate makes of one item. */
export function gate(type: string, payload: unknown): Record<string, unknown> {
  const [, items] = errors.gate().scrubEnvelope([{}, [[{ type }, payload]]] as unknown as Envelope);
  return (items as unknown as [unknown, Record<string, unknown>][])[0]?.[1] ?? {};
}

/** Starts counting the keys that are not planned; the result says how many there were since. */
export function countDropped(): () => number {
  const before = observabilityStats().properties.unplanned_context;
  return () => observabilityStats().properties.unplanned_context - before;
}
