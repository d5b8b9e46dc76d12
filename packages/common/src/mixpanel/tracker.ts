import { randomUUID } from 'node:crypto';
import type { Pipeline } from '../delivery/pipeline.ts';
import type { LaneName } from '../delivery/record.ts';
import { warnOnce } from '../warn-once.ts';
import type { Encoded, Encoder } from './encode.ts';

/** Takes what callers say; every method is synchronous, returns nothing and never throws. */
export interface Tracker {
  event(name: unknown, id: unknown, properties: unknown): void;
  profile(id: unknown, operations: Readonly<Record<string, unknown>>): void;
  forget(id: string): void;
}

/** The tracker of a process without a token: the same shape, and no work at all. */
export const noopTracker: Tracker = { event() {}, profile() {}, forget() {} };

/** Properties that did not leave, by reason, since the start. */
export interface PropertyCounters {
  unplanned_property: number;
  invalid_property: number;
}

interface TrackerOptions {
  readonly encoder: Encoder;
  readonly pipeline: Pipeline;
  readonly token: string;
  readonly counters: PropertyCounters;
  /** The id of the trace in which the caller runs, if any. */
  readonly traceId: () => string | undefined;
}

/** Connects callers, encoder and pipeline. */
export function createTracker({ encoder, pipeline, token, counters, traceId }: TrackerOptions): Tracker {
  function deliver(lane: LaneName, what: string, encoded: Encoded): void {
    if ('dropped' in encoded) {
      pipeline.counters(lane).drop(encoded.dropped);
      warnOnce(`${what} was not sent: ${explain[encoded.dropped] ?? encoded.dropped}`);
      return;
    }
    const { record, unplanned, invalid } = encoded;
    for (const name of unplanned) {
      counters.unplanned_property++;
      warnOnce(`${what}: property "${name}" is not in the tracking plan and was left out. Add it in packages/events.`);
    }
    for (const name of invalid) {
      counters.invalid_property++;
      warnOnce(`${what}: property "${name}" has a value of another type than the tracking plan says and was left out.`);
    }
    pipeline.push(lane, record);
  }

  /** What a caller passes may be anything, a proxy that throws included; the caller must not notice. */
  function guarded(lane: LaneName, what: () => string, encode: () => Encoded): void {
    try {
      deliver(lane, what(), encode());
    } catch (error) {
      pipeline.counters(lane).drop('invalid_record');
      warnOnce(`A record could not be encoded: ${error instanceof Error ? error.message : 'unreadable value'}`);
    }
  }

  // `$ip: 0`: the vendor must not locate the person by the address of this server.
  const envelope = { $token: token, $ip: '0' };

  return {
    event(name, id, properties) {
      guarded(
        'import',
        () => `Event "${String(name)}"`,
        () => {
          const trace = traceId();
          const occurrence = {
            id,
            time: Date.now(),
            insertId: randomUUID(),
            ...(trace !== undefined && { traceId: trace }),
          };
          return encoder.event(name, occurrence, properties);
        },
      );
    },
    profile(id, operations) {
      guarded(
        'engage',
        () => 'Profile update',
        () => encoder.profile(id, operations, envelope),
      );
    },
    forget(id) {
      const encoded = encoder.profile(id, { $delete: null }, envelope);
      if ('record' in encoded) pipeline.forget(id, { lane: 'engage', record: encoded.record });
    },
  };
}

const explain: Readonly<Record<string, string>> = {
  unplanned_event: 'it is not in the tracking plan. Add it in packages/events.',
  forbidden_id: 'its user id is missing, too long, or one that the vendor forbids, such as "anonymous".',
};
