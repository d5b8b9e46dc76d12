import type { Pipeline } from '@qr/delivery';
import { type Envelope, serializeEnvelope } from '@sentry/core';
import type { LaneName } from '../destinations/lanes.ts';
import { type ClosableTransport, makeDirectTransport, type TransportOptions } from './direct-transport.ts';
import { scrubEnvelope } from './redact-telemetry.ts';

/** The longest that a timer can wait. */
const WITHOUT_LIMIT_MS = 2 ** 31 - 1;

/**
 * How everything leaves for Sentry: scrubbed first, whatever a hook did not cover, then errors and messages by the durable lane, and the rest
 * (spans, logs, metrics, sessions, client reports, profiles) at once and by memory only, which may lose them.
 *
 * `onKept` is called with the id of each error as soon as the lane has it.
 *
 * Feedback and check-ins are of the rest: a check-in bears no time of its own, so a late one would tell of a run that never was.
 */
export function makeDurableTransport(
  options: TransportOptions,
  lane: Pick<Pipeline<LaneName>, 'push' | 'flush'>,
  onKept: (eventId: string) => void = () => {},
): ClosableTransport {
  const direct = makeDirectTransport(options);
  return {
    send(envelope) {
      const clean = scrubEnvelope(envelope);
      if (clean[1].length === 0) return Promise.resolve({});
      if (!holdsError(clean)) return direct.send(clean);
      lane.push('sentry', serializeError(clean));
      const { event_id: eventId } = clean[0] as { readonly event_id?: unknown };
      if (typeof eventId === 'string') onKept(eventId);
      return Promise.resolve({});
    },
    async flush(timeoutMs) {
      // The SDK waits without limit when none is given.
      const [isEmpty, left] = await Promise.all([direct.flush(timeoutMs), lane.flush(timeoutMs || WITHOUT_LIMIT_MS)]);
      return isEmpty && left.pending + left.spooled === 0;
    },
    close: () => direct.close(),
  };
}

type Items = readonly (readonly [{ readonly type: string }, unknown])[];

function holdsError([, items]: Envelope): boolean {
  return (items as Items).some(([{ type }]) => type === 'event');
}

/**
 * Without `sent_at`: from it Sentry reckons how wrong our clock is, and would move an error that waited for an hour to the time at which it
 * arrived. Relay, clock drift correction.
 */
function serializeError([headers, items]: Envelope): string {
  const { sent_at: _, ...rest } = headers as Record<string, unknown>;
  return String(serializeEnvelope([rest, items] as unknown as Envelope));
}
