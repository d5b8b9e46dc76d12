import { createPipeline, type FlushOutcome, type LaneStats, type Pipeline, type Transport } from '@qr/delivery';
import { personKeys } from '@qr/plan';
import type { Mixpanel } from 'mixpanel';
import type { Core } from '../core.ts';
import type { Destination, OfficialSettings } from '../destinations/destination.ts';
import { lanes as builtInLanes } from '../destinations/lanes.ts';
import { personIdsOf } from '../destinations/person-ids.ts';
import { scrubText } from '../privacy/index.ts';
import { within } from '../time-limit.ts';
import { createEncoder } from './encoder.ts';
import { closedTracker, createEarlyCalls, noopTracker } from './inactive-trackers.ts';
import { createOfficialClient } from './official-client.ts';
import type { UnplannedPolicy } from './official-records.ts';
import { createTracker, type Tracker } from './tracker.ts';

/** For a pipeline to end by its own limit, after which it tells what is left. */
const GRACE_MS = 500;
const NOTHING: FlushOutcome = { delivered: 0, pending: 0, spooled: 0 };

/** How analytics are started. */
interface AnalyticsOptions {
  /** At least one. */
  readonly destinations: readonly Destination[];
  /** Folder for records that are not delivered yet. @default they are kept in memory only */
  readonly spoolRoot?: string | undefined;
  /** @default 268_435_456 (256 MiB) */
  readonly maxSpoolBytes?: number | undefined;
  /** How long a record waits for others before its batch is sealed. @default 1000 */
  readonly flushIntervalMs?: number | undefined;
  /** Creates the queue from which shippers deliver to a receiver. @default this process delivers itself */
  readonly queue?: ((receiver: string) => Transport) | undefined;
  /** What is the same for every event of the process. */
  readonly base: { readonly environment: string; readonly release?: string };
  /** Makes Mixpanel's own client, whose requests are carried by the lanes of Mixpanel. @default none */
  readonly official?: (OfficialSettings & { readonly unplanned: UnplannedPolicy }) | undefined;
  /** Whether `trackRevenue` also appends the charge to the profile. @default false */
  readonly recordsCharges?: boolean | undefined;
}

/** Properties that did not leave, by reason, since the start. */
export interface PropertyCounters {
  unplanned_property: number;
  invalid_property: number;
}

/** The analytics half of an instance. Calls before `start` are kept, calls after `close` are counted. */
export interface Analytics extends Tracker {
  readonly isOn: () => boolean;
  /** Mixpanel's own client; `null` when it is off. */
  readonly client: () => Mixpanel | null;
  /** @returns Mixpanel's own client, when one was asked for. */
  start(options: AnalyticsOptions): Mixpanel | null;
  /** Without a destination: what came before is dropped, and every further call does nothing. */
  turnOff(): void;
  flush(timeoutMs: number): Promise<FlushOutcome>;
  close(timeoutMs: number): Promise<void>;
  stats(): {
    readonly lanes: Readonly<Partial<Record<string, LaneStats>>>;
    readonly properties: Readonly<PropertyCounters>;
    readonly early: { readonly kept: number; readonly dropped: number };
  };
}

interface AnalyticsParts {
  /** Remembers an event for errors of the same request; returns the id of the trace in which the caller runs, if any. */
  readonly noteEvent: (name: string, time: number, properties: unknown) => string | undefined;
}

export function createAnalytics(core: Core, { noteEvent }: AnalyticsParts): Analytics {
  const { plan, people, warnOnce } = core;
  const earlyCalls = createEarlyCalls(warnOnce);
  const counters: PropertyCounters = { unplanned_property: 0, invalid_property: 0 };
  // Decided when analytics start, so that a call only does its work.
  let tracker: Tracker = earlyCalls.tracker;
  let pipeline: Pipeline | undefined;
  /** The pipeline before it was closed, which counts what comes too late. */
  let closed: Pipeline | undefined;
  let client: Mixpanel | null = null;

  function onLeftOut(what: string, reason: keyof PropertyCounters, name: string): void {
    counters[reason]++;
    // A name comes from the caller, and may hold what it found in a form.
    const shown = scrubText(name);
    warnOnce(
      reason === 'unplanned_property'
        ? `${what}: property "${shown}" is not in the tracking plan and was left out. Add it there first.`
        : `${what}: property "${shown}" has a value of another type than the tracking plan says and was left out.`,
    );
  }

  function start(options: AnalyticsOptions): Mixpanel | null {
    const { destinations, spoolRoot, queue, official, base } = options;
    refuseTwins(destinations);
    const context = { warn: warnOnce, spoolRoot, queue };
    const started = createPipeline({
      // Files of any built-in destination may lie in the spool, from before a change of settings.
      lanes: Object.assign({}, builtInLanes, ...destinations.map(({ lanes }) => lanes)),
      transports: Object.assign({}, ...destinations.map((destination) => destination.open(context))),
      spoolRoot,
      maxSpoolBytes: options.maxSpoolBytes ?? 256 * 1024 * 1024,
      flushIntervalMs: options.flushIntervalMs ?? 1000,
      personIds: personIdsOf(personKeys(plan), people),
      warn: warnOnce,
    });
    const service = core.serviceName();
    const encoder = createEncoder({
      plan,
      people,
      base: { ...(service !== undefined && { service }), ...base },
      onLeftOut,
      sinksOf: (names) => destinations.filter(({ name }) => names.includes(name)).map(({ events }) => events),
    });
    const recordsCharges = options.recordsCharges ?? false;
    pipeline = started;
    closed = undefined;
    tracker = createTracker({ encoder, pipeline: started, people, destinations, recordsCharges, noteEvent, warnOnce });
    if (official) client = openClient({ ...official, encoder, pipeline: started, people, warnOnce });
    const lost = earlyCalls.replay(tracker);
    for (let call = 0; call < lost; call++) started.drop(destinations[0]?.events.lane ?? '', 'not_initialized');
    return client;
  }

  /** Analytics work without the vendor's client, if it refuses to be made. */
  function openClient(options: Parameters<typeof createOfficialClient>[0]): Mixpanel | null {
    try {
      return createOfficialClient(options);
    } catch (error) {
      warnOnce(`The Mixpanel client could not be made: ${error instanceof Error ? error.message : String(error)}.`);
      return null;
    }
  }

  return {
    isOn: () => pipeline !== undefined,
    client: () => client,
    start,
    turnOff() {
      tracker = noopTracker;
      closed = undefined;
      earlyCalls.discard();
    },
    event: (name, id, properties) => tracker.event(name, id, properties),
    profile: (id, operations) => tracker.profile(id, operations),
    merge: (userId, anonymousId) => tracker.merge(userId, anonymousId),
    revenue: (id, amount, properties) => tracker.revenue(id, amount, properties),
    forget: (id) => tracker.forget(id),
    async flush(timeoutMs) {
      if (!pipeline) return NOTHING;
      const total = (key: 'delivered' | 'queued' | 'pending') =>
        Object.values(pipeline?.stats() ?? {}).reduce((sum, lane) => sum + (lane?.[key] ?? 0), 0);
      const before = total('delivered');
      const outcome = await within(pipeline.flush(timeoutMs), timeoutMs + GRACE_MS);
      const pending = () => total('queued') + total('pending');
      return outcome ?? { delivered: total('delivered') - before, pending: pending(), spooled: 0 };
    },
    async close(timeoutMs) {
      const closing = pipeline;
      if (!closing) return;
      await within(closing.close(timeoutMs), timeoutMs + GRACE_MS);
      pipeline = undefined;
      closed = closing;
      tracker = closedTracker(tracker, warnOnce);
      client = null;
    },
    stats: () => ({
      // Also of a pipeline that is closed: it counts what comes too late.
      lanes: { ...(pipeline ?? closed)?.stats() },
      properties: { ...counters },
      early: earlyCalls.stats(),
    }),
  };
}

/** Their lanes, whose names begin the names of files, would be one. */
function refuseTwins(destinations: readonly Destination[]): void {
  const names = destinations.map(({ name }) => name);
  const twin = names.find((name, index) => names.indexOf(name) !== index);
  if (twin !== undefined) throw new TypeError(`two destinations are called "${twin}": give one of them another name`);
}
