import type { Fault } from '../faults/fault.ts';
import { isRefusedOnDemand } from '../faults/partial.ts';
import { rateLimitHeaders } from '../faults/rate-limit-headers.ts';
import { categoryOf } from './categories.ts';
import type { Envelope, EnvelopeItem } from './envelope.ts';

/** What a limit leaves of an envelope. */
export interface Limited {
  readonly envelope: Envelope;
  /** True when something was taken out: the answer is 429 then, though the rest is kept. */
  readonly isLimited: boolean;
  readonly headers: Readonly<Record<string, string>>;
}

/** Takes out what a rate limit or a partial failure names, and keeps the rest, as Relay does. */
export function limitEnvelope(envelope: Envelope, fault: Fault | null): Limited {
  const items = envelope.items.filter((item, index) => !isTakenOut(fault, item, index));
  return {
    envelope: { ...envelope, items },
    isLimited: items.length < envelope.items.length,
    headers: fault?.kind === 'rate-limit' ? rateLimitHeaders('envelope', fault) : {},
  };
}

function isTakenOut(fault: Fault | null, item: EnvelopeItem, index: number): boolean {
  if (fault?.kind === 'rate-limit') return fault.categories?.includes(categoryOf(item)) === true;
  return isRefusedOnDemand(fault, index);
}
