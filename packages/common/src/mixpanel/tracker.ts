import type { Deletion, Pipeline } from '../delivery/pipeline.ts';
import type { LaneName } from '../delivery/record.ts';
import { warnOnce } from '../warn-once.ts';
import type { Encoder } from './encode.ts';
import { isUsableId } from './identity.ts';
import { createInsertIds } from './insert-id.ts';
import { type RevenueProperties, toRevenue } from './revenue.ts';

/** Takes what callers say; every method is synchronous, returns nothing and never throws. */
export interface Tracker {
  /** @param time of the call, milliseconds since the epoch. @default now */
  event(name: unknown, id: unknown, properties: unknown, time?: number): void;
  profile(id: unknown, operations: Readonly<Record<string, unknown>>): void;
  /** Says that two ids are one person. */
  merge(userId: string, anonymousId: string, time?: number): void;
  revenue(id: unknown, amount: unknown, properties: RevenueProperties | null | undefined, time?: number): void;
  forget(id: string): void;
}

/** The tracker of a process without a destination: the same shape, and no work at all. */
export const noopTracker: Tracker = { event() {}, profile() {}, merge() {}, revenue() {}, forget() {} };

interface TrackerOptions {
  readonly encoder: Encoder;
  readonly pipeline: Pipeline;
  /** Absent when only analytics-service is a destination. */
  readonly token: string | undefined;
  /** Whether revenue is also appended to the profile, as the vendor's own `track_charge` does. */
  readonly recordsCharges: boolean;
  /** Remembers an event for errors of the same request; returns the id of the trace in which the caller runs, if any. */
  readonly noteEvent: (name: string, time: number, properties: unknown) => string | undefined;
}

/** Connects callers, encoder and pipeline. */
export function createTracker({ encoder, pipeline, token, recordsCharges, noteEvent }: TrackerOptions): Tracker {
  const nextInsertId = createInsertIds();
  // `$ip: 0`: the vendor must not locate the person by the address of this server.
  const envelope = { ...(token !== undefined && { $token: token }), $ip: '0' };
  const hasMixpanel = pipeline.has('import');
  const hasAnalytics = pipeline.has('analytics');
  const eventLane: LaneName = hasMixpanel ? 'import' : 'analytics';

  function refuse(lane: LaneName, reason: 'unplanned_event' | 'forbidden_id', what: string): void {
    pipeline.drop(lane, reason);
    warnOnce(`${what} was not sent: ${explain[reason]}`);
  }

  /** What a caller passes may be anything, a proxy that throws included; the caller must not notice. */
  function failed(lane: LaneName, error: unknown): void {
    pipeline.drop(lane, 'invalid_record');
    warnOnce(`A record could not be encoded: ${error instanceof Error ? error.message : 'unreadable value'}`);
  }

  function trackEvent(name: unknown, id: unknown, properties: unknown, time = Date.now()): void {
    try {
      const event = encoder.event(name);
      if (event === undefined) return refuse(eventLane, 'unplanned_event', `Event "${String(name)}"`);
      if (!isUsableId(id)) return refuse(eventLane, 'forbidden_id', `Event "${String(name)}"`);
      const traceId = noteEvent(String(name), time, properties);
      const occurrence = { id, time, insertId: nextInsertId(), traceId };
      const json = encoder.encodeEvent(event, occurrence, properties);
      if (hasMixpanel && event.goesToMixpanel) pipeline.push('import', json, id);
      if (hasAnalytics && event.goesToAnalytics) pipeline.push('analytics', json, id);
    } catch (error) {
      failed(eventLane, error);
    }
  }

  return {
    event: trackEvent,

    profile(id, operations) {
      try {
        const encoded = encoder.profile(id, operations, envelope);
        if (typeof encoded === 'string') pipeline.push('engage', encoded, String(id));
        else refuse('engage', 'forbidden_id', 'Profile update');
      } catch (error) {
        failed('engage', error);
      }
    },

    // The vendor merges two ids at the first event that carries both; this one it neither shows nor bills.
    merge(userId, anonymousId, time = Date.now()) {
      if (!isUsableId(userId) || !isUsableId(anonymousId)) return refuse('import', 'forbidden_id', 'Merge');
      const properties = {
        distinct_id: userId,
        $user_id: userId,
        $device_id: anonymousId.replace(/^\$device:/, ''),
        time,
        $insert_id: nextInsertId(),
      };
      pipeline.push('import', JSON.stringify({ event: '$identify', properties }), userId);
    },

    revenue(id, amount, properties, time = Date.now()) {
      try {
        const revenue = toRevenue(amount, properties);
        if (revenue === undefined) {
          pipeline.drop(eventLane, 'invalid_record');
          return warnOnce('trackRevenue was refused: expected a finite amount and an ISO 4217 currency.');
        }
        trackEvent('revenue', id, revenue, time);
        if (!recordsCharges || !isUsableId(id)) return;
        const charge = { $amount: revenue.amount, $time: new Date(time).toISOString() };
        const update = { ...envelope, $distinct_id: id, $append: { $transactions: charge } };
        pipeline.push('engage', JSON.stringify(update), id);
      } catch (error) {
        failed(eventLane, error);
      }
    },

    forget(id) {
      const encoded = encoder.profile(id, { $delete: null }, envelope);
      if (typeof encoded !== 'string') return refuse('engage', 'forbidden_id', 'Deletion');
      const deletions: readonly Deletion[] = [
        { lane: 'engage', json: encoded },
        { lane: 'deletions', json: JSON.stringify({ $distinct_id: id }) },
      ];
      pipeline.forget(id, deletions).catch((error: unknown) => failed('engage', error));
    },
  };
}

const explain = {
  unplanned_event: 'it is not in the tracking plan. Add it in packages/events.',
  forbidden_id: 'its user id is missing, too long, or one that the vendor forbids, such as "anonymous".',
};
