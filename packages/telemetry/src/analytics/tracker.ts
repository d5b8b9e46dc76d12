import type { Deletion, Pipeline } from '@qr/delivery';
import { LRUCache } from 'lru-cache';
import type { Destination } from '../destinations/destination.ts';
import type { People } from '../people.ts';
import { scrubText } from '../privacy/index.ts';
import type { Encoder, Sink } from './encoder.ts';
import { createIds, createInsertIds, distinctIdOfDevice, isDevice, usableIdOf } from './ids.ts';

/** Takes what callers say; every method is synchronous, returns nothing and never throws. */
export interface Tracker {
  /** @param time of the call, milliseconds since the epoch. @default now */
  event(name: unknown, id: unknown, properties: unknown, time?: number): void;
  profile(id: unknown, operations: Readonly<Record<string, unknown>>): void;
  /** Says that two ids are one person. */
  merge(userId: unknown, anonymousId: unknown, time?: number): void;
  revenue(id: unknown, amount: unknown, properties: RevenueFields | null | undefined, time?: number): void;
  forget(id: unknown): void;
}

/** What `trackRevenue` takes beside the amount: planned properties of the revenue event, and `orderId` for its `order_id`. */
interface RevenueFields {
  readonly currency?: unknown;
  readonly orderId?: unknown;
  readonly [name: string]: unknown;
}

export interface TrackerOptions {
  readonly encoder: Encoder;
  readonly pipeline: Pipeline;
  readonly people: People;
  /** Those that take records of this process. */
  readonly destinations: readonly Destination[];
  /** Whether revenue is also appended to the profile, as Mixpanel's own `track_charge` does. */
  readonly recordsCharges: boolean;
  /** Remembers an event for errors of the same request; returns the id of the trace in which the caller runs, if any. */
  readonly noteEvent: (name: string, time: number, properties: unknown) => string | undefined;
  readonly warnOnce: (message: string) => void;
}

/** Pairs of ids whose merge is remembered, so that it is sent once and not at each log-in. */
const MAX_MERGED_PAIRS = 5000;

/** Connects callers, encoder and pipeline. */
export function createTracker(options: TrackerOptions): Tracker {
  const { encoder, pipeline, people, destinations, recordsCharges, noteEvent, warnOnce } = options;
  const { sendableIdOf, usableDeviceIdOf } = createIds(people);
  const merged = new LRUCache<string, readonly string[]>({ max: MAX_MERGED_PAIRS });
  const nextInsertId = createInsertIds();
  const profileSinks = destinations.flatMap(({ profiles }) => profiles ?? []);
  // Where losses are counted that come before there is a record.
  const eventLane = destinations[0]?.events.lane ?? '';
  const profileLane = profileSinks[0]?.lane ?? eventLane;

  function refuse(lane: string, reason: 'unplanned_event' | 'forbidden_id', what: string): void {
    pipeline.drop(lane, reason);
    warnOnce(`${what} was not sent: ${explain[reason]}`);
  }

  /** What a caller passes may be anything, a proxy that throws included; the caller must not notice. */
  function failed(lane: string, error: unknown): void {
    pipeline.drop(lane, 'invalid_record');
    warnOnce(`A record could not be encoded: ${error instanceof Error ? error.message : 'unreadable value'}`);
  }

  function push(sinks: readonly Sink[], json: string): void {
    for (const { lane, write } of sinks) {
      const record = write === undefined ? json : write(json);
      if (record !== undefined) pipeline.push(lane, record);
    }
  }

  function trackEvent(name: unknown, given: unknown, properties: unknown, time = pipeline.now()): void {
    try {
      const event = encoder.event(name);
      if (event === undefined) return refuse(eventLane, 'unplanned_event', `Event "${scrubText(String(name))}"`);
      const id = sendableIdOf(given);
      if (id === undefined) return refuse(eventLane, 'forbidden_id', `Event "${scrubText(String(name))}"`);
      const traceId = noteEvent(String(name), time, properties);
      const occurrence = { id, time, insertId: nextInsertId(), traceId };
      push(event.sinks, encoder.encodeEvent(event, occurrence, properties));
    } catch (error) {
      failed(eventLane, error);
    }
  }

  /** Sends the event by which each destination merges two ids: its own, or the plan's. @returns whether there was one. */
  function link(userId: string, anonymousId: string, deviceId: string, time: number): boolean {
    const insertId = nextInsertId();
    const planned = encoder.identify;
    let isSent = false;
    for (const { events, link: ownLink } of destinations) {
      if (ownLink) {
        pipeline.push(events.lane, ownLink({ userId, anonymousId, time, insertId }));
        isSent = true;
        continue;
      }
      const sinks = planned?.sinks.filter(({ lane }) => lane === events.lane) ?? [];
      if (!planned || sinks.length === 0) continue;
      // Mixpanel merges two ids at the first ordinary event that carries both.
      const occurrence = { id: userId, deviceId, time, insertId, traceId: undefined };
      push(sinks, encoder.encodeEvent(planned, occurrence, undefined));
      isSent = true;
    }
    return isSent;
  }

  return {
    event: trackEvent,

    profile(id, operations) {
      try {
        const encoded = encoder.profile(sendableIdOf(id), operations, {});
        if (typeof encoded === 'string') push(profileSinks, encoded);
        else if (encoded.dropped === 'forbidden_id') refuse(profileLane, 'forbidden_id', 'Profile update');
        // The names of what was left out have been printed.
        else if (encoded.dropped !== undefined) pipeline.drop(profileLane, encoded.dropped);
      } catch (error) {
        failed(profileLane, error);
      }
    },

    merge(user, anonymous, time = pipeline.now()) {
      try {
        const userId = sendableIdOf(user);
        const anonymousId = sendableIdOf(anonymous);
        const deviceId = usableDeviceIdOf(anonymousId);
        // Two devices are never merged, and nobody with nobody.
        if (!userId || isDevice(userId) || !anonymousId || deviceId === undefined)
          return refuse(eventLane, 'forbidden_id', 'Merge');
        const pair = JSON.stringify([userId, deviceId]);
        if (merged.has(pair)) return;
        if (!link(userId, anonymousId, deviceId, time)) return refuse(eventLane, 'unplanned_event', 'Merge');
        merged.set(pair, [userId, distinctIdOfDevice(deviceId)]);
      } catch (error) {
        failed(eventLane, error);
      }
    },

    revenue(given, amount, properties, time = pipeline.now()) {
      try {
        if (encoder.revenue === undefined) return refuse(eventLane, 'unplanned_event', 'Revenue');
        const revenue = toRevenue(amount, properties);
        if (revenue === undefined) {
          pipeline.drop(eventLane, 'invalid_record');
          return warnOnce('trackRevenue was refused: expected a finite amount and an ISO 4217 currency.');
        }
        trackEvent(encoder.revenue, given, revenue, time);
        const id = sendableIdOf(given)?.toWellFormed();
        if (!recordsCharges || !id) return;
        const charge = { $amount: revenue['amount'], $time: new Date(time).toISOString() };
        push(profileSinks, JSON.stringify({ $distinct_id: id, $append: { $transactions: charge } }));
      } catch (error) {
        failed(eventLane, error);
      }
    },

    forget(given) {
      const erased = usableIdOf(given)?.toWellFormed();
      const id = erased && people.sentIdOf(erased);
      if (!erased || !id) return refuse(profileLane, 'forbidden_id', 'Deletion');
      const deletions: readonly Deletion[] = destinations.flatMap(({ deletionsOf }) => deletionsOf?.(id) ?? []);
      for (const [pair, ids] of merged.entries()) if (ids.includes(id)) merged.delete(pair);
      // As it was given: what waits may name them by the address.
      pipeline.forget(erased, deletions).catch((error: unknown) => failed(profileLane, error));
    },
  };
}

/** The properties of a revenue event; `undefined` when the amount is not finite or the currency is not of ISO 4217, in any casing. */
function toRevenue(
  amount: unknown,
  properties: RevenueFields | null | undefined,
): Readonly<Record<string, unknown>> | undefined {
  const { orderId, currency = 'USD', ...rest } = properties ?? {};
  if (typeof amount !== 'number' || !Number.isFinite(amount)) return undefined;
  const code = typeof currency === 'string' ? currency.toUpperCase() : '';
  if (!CURRENCIES.has(code)) return undefined;
  return { ...(orderId !== undefined && { order_id: orderId }), ...rest, currency: code, amount };
}

const CURRENCIES: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency'));

const explain = {
  unplanned_event: 'it is not in the tracking plan. Add it there first.',
  forbidden_id:
    'its id is missing, longer than 255 bytes, not a text or number, one that Mixpanel forbids, such as "anonymous", or holds a password, a token or a card number.',
};
