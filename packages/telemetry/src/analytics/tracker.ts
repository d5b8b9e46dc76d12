import type { Deletion, Pipeline } from '@qr/delivery';
import { LRUCache } from 'lru-cache';
import type { LaneName } from '../destinations/lanes.ts';
import { core } from '../instance.ts';
import { scrubText } from '../privacy/index.ts';
import type { Encoder } from './encode.ts';
import { distinctIdOfDevice, isDevice, sendableIdOf, usableDeviceIdOf, usableIdOf } from './identity.ts';
import { createInsertIds } from './insert-id.ts';
import type { IdMerge } from './official-records.ts';
import { type RevenueProperties, toRevenue } from './revenue.ts';

/** Takes what callers say; every method is synchronous, returns nothing and never throws. */
export interface Tracker {
  /** @param time of the call, milliseconds since the epoch. @default now */
  event(name: unknown, id: unknown, properties: unknown, time?: number): void;
  profile(id: unknown, operations: Readonly<Record<string, unknown>>): void;
  /** Says that two ids are one person. */
  merge(userId: unknown, anonymousId: unknown, time?: number): void;
  revenue(id: unknown, amount: unknown, properties: RevenueProperties | null | undefined, time?: number): void;
  forget(id: unknown): void;
}

/** The tracker of a process without a destination: the same shape, and no work at all. */
export const noopTracker: Tracker = { event() {}, profile() {}, merge() {}, revenue() {}, forget() {} };

interface TrackerOptions {
  readonly encoder: Encoder;
  readonly pipeline: Pipeline<LaneName>;
  /** Absent when only analytics-service is a destination. */
  readonly token: string | undefined;
  /** Whether revenue is also appended to the profile, as the vendor's own `track_charge` does. */
  readonly recordsCharges: boolean;
  readonly idMerge: IdMerge;
  /** Remembers an event for errors of the same request; returns the id of the trace in which the caller runs, if any. */
  readonly noteEvent: (name: string, time: number, properties: unknown) => string | undefined;
}

/** Pairs of ids whose merge is remembered, so that it is sent once and not at each log-in. */
const MAX_MERGED_PAIRS = 5000;

/** Connects callers, encoder and pipeline. */
export function createTracker(options: TrackerOptions): Tracker {
  const { encoder, pipeline, token, recordsCharges, idMerge, noteEvent } = options;
  const merged = new LRUCache<string, readonly string[]>({ max: MAX_MERGED_PAIRS });
  const nextInsertId = createInsertIds();
  // `$ip: 0`: the vendor must not locate the person by the address of this server.
  const envelope = { ...(token !== undefined && { $token: token }), $ip: '0' };
  const hasMixpanel = pipeline.has('import');
  const hasAnalytics = pipeline.has('analytics');
  const eventLane: LaneName = hasMixpanel ? 'import' : 'analytics';

  function refuse(lane: LaneName, reason: 'unplanned_event' | 'forbidden_id', what: string): void {
    pipeline.drop(lane, reason);
    core.warnOnce(`${what} was not sent: ${explain[reason]}`);
  }

  /** What a caller passes may be anything, a proxy that throws included; the caller must not notice. */
  function failed(lane: LaneName, error: unknown): void {
    pipeline.drop(lane, 'invalid_record');
    core.warnOnce(`A record could not be encoded: ${error instanceof Error ? error.message : 'unreadable value'}`);
  }

  function trackEvent(name: unknown, given: unknown, properties: unknown, time = pipeline.now()): void {
    try {
      const event = encoder.event(name);
      if (event === undefined) return refuse(eventLane, 'unplanned_event', `Event "${scrubText(String(name))}"`);
      const id = sendableIdOf(given);
      if (id === undefined) return refuse(eventLane, 'forbidden_id', `Event "${scrubText(String(name))}"`);
      const traceId = noteEvent(String(name), time, properties);
      const occurrence = { id, time, insertId: nextInsertId(), traceId };
      const json = encoder.encodeEvent(event, occurrence, properties);
      if (hasMixpanel && event.goesToMixpanel) pipeline.push('import', json);
      if (hasAnalytics && event.goesToAnalytics) pipeline.push('analytics', json);
    } catch (error) {
      failed(eventLane, error);
    }
  }

  /** Simplified id merge: the vendor merges two ids at the first ordinary event that carries both. */
  function linkOf(id: string, deviceId: string, time: number): string | undefined {
    if (!encoder.identify) return undefined;
    const occurrence = { id, deviceId, time, insertId: nextInsertId(), traceId: undefined };
    return encoder.encodeEvent(encoder.identify, occurrence, undefined);
  }

  /** Original id merge: an event of the vendor's, with the ids as earlier events have them. */
  function identifyOf(userId: string, anonymousId: string, time: number): string {
    const properties = {
      distinct_id: userId.toWellFormed(),
      $identified_id: userId.toWellFormed(),
      $anon_id: anonymousId.toWellFormed(),
      time,
      $insert_id: nextInsertId(),
      ip: '0',
    };
    return JSON.stringify({ event: '$identify', properties });
  }

  return {
    event: trackEvent,

    profile(id, operations) {
      try {
        const encoded = encoder.profile(sendableIdOf(id), operations, envelope);
        if (typeof encoded === 'string') pipeline.push('engage', encoded);
        else if (encoded.dropped === 'forbidden_id') refuse('engage', 'forbidden_id', 'Profile update');
        // What was left out has been told of by name.
        else if (encoded.dropped !== undefined) pipeline.drop('engage', encoded.dropped);
      } catch (error) {
        failed('engage', error);
      }
    },

    merge(user, anonymous, time = pipeline.now()) {
      try {
        const userId = sendableIdOf(user);
        const anonymousId = sendableIdOf(anonymous);
        const deviceId = usableDeviceIdOf(anonymousId);
        // Two devices are never merged, and nobody with nobody.
        if (!userId || isDevice(userId) || !anonymousId || deviceId === undefined)
          return refuse('import', 'forbidden_id', 'Merge');
        const pair = JSON.stringify([userId, deviceId]);
        if (merged.has(pair)) return;
        const json = idMerge === 'original' ? identifyOf(userId, anonymousId, time) : linkOf(userId, deviceId, time);
        if (json === undefined) return refuse('import', 'unplanned_event', 'Merge');
        pipeline.push('import', json);
        merged.set(pair, [userId, distinctIdOfDevice(deviceId)]);
      } catch (error) {
        failed('import', error);
      }
    },

    revenue(given, amount, properties, time = pipeline.now()) {
      try {
        if (encoder.revenue === undefined) return refuse(eventLane, 'unplanned_event', 'Revenue');
        const revenue = toRevenue(amount, properties);
        if (revenue === undefined) {
          pipeline.drop(eventLane, 'invalid_record');
          return core.warnOnce('trackRevenue was refused: expected a finite amount and an ISO 4217 currency.');
        }
        trackEvent(encoder.revenue, given, revenue, time);
        const id = sendableIdOf(given)?.toWellFormed();
        if (!recordsCharges || !id) return;
        const charge = { $amount: revenue.amount, $time: new Date(time).toISOString() };
        const update = { ...envelope, $distinct_id: id, $append: { $transactions: charge } };
        pipeline.push('engage', JSON.stringify(update));
      } catch (error) {
        failed(eventLane, error);
      }
    },

    forget(given) {
      const erased = usableIdOf(given)?.toWellFormed();
      const id = erased && core.people.sentIdOf(erased);
      const encoded = encoder.profile(id, { $delete: null }, envelope);
      if (!erased || !id || typeof encoded !== 'string') return refuse('engage', 'forbidden_id', 'Deletion');
      const deletions: readonly Deletion<LaneName>[] = [
        { lane: 'engage', json: encoded },
        { lane: 'deletions', json: JSON.stringify({ $distinct_id: id }) },
      ];
      for (const [pair, ids] of merged.entries()) if (ids.includes(id)) merged.delete(pair);
      // As it was given: what waits may name them by the address.
      pipeline.forget(erased, deletions).catch((error: unknown) => failed('engage', error));
    },
  };
}

const explain = {
  unplanned_event: 'it is not in the tracking plan. Add it in packages/events.',
  forbidden_id:
    'its id is missing, longer than 255 bytes, not a text or number, one that Mixpanel forbids, such as "anonymous", or holds a password, a token or a card number.',
};
