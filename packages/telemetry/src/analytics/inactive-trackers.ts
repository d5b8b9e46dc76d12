import type { Tracker } from './tracker.ts';

/** The tracker of a process without a destination: the same shape, and no work at all. */
export const noopTracker: Tracker = { event() {}, profile() {}, merge() {}, revenue() {}, forget() {} };

/** About a megabyte of usual events. */
const MAX_CALLS = 1000;
/** An erasure is kept even when events have taken all the room. */
const MAX_ERASURES = 10_000;

/** Calls that came before `initializeMixpanel`. */
export interface EarlyCalls {
  /** Keeps what it is given, with the time of the call. */
  readonly tracker: Tracker;
  /** How many calls are kept, and how many found no room. */
  stats(): { readonly kept: number; readonly dropped: number };
  /** Gives the calls to a tracker, in their order; returns how many were dropped meanwhile. */
  replay(tracker: Tracker): number;
  /** Forgets the calls: there is no destination. */
  discard(): void;
}

type Call = (tracker: Tracker) => void;

export function createEarlyCalls(warnOnce: (message: string) => void): EarlyCalls {
  let calls: Call[] = [];
  let dropped = 0;

  function keep(call: Call, max = MAX_CALLS): void {
    if (calls.length < max) return void calls.push(call);
    dropped++;
    warnOnce(
      `More than ${MAX_CALLS} analytics calls came before initializeMixpanel: the rest are lost, and counted as not_initialized. Call initializeMixpanel first.`,
    );
  }

  return {
    tracker: {
      event(name, id, properties) {
        const [copy, time] = [copyOf(properties), Date.now()];
        keep((tracker) => tracker.event(name, id, copy, time));
      },
      profile(id, operations) {
        const copy = copyOfEach(operations);
        keep((tracker) => tracker.profile(id, copy));
      },
      merge(userId, anonymousId) {
        const time = Date.now();
        keep((tracker) => tracker.merge(userId, anonymousId, time));
      },
      revenue(id, amount, properties) {
        const [copy, time] = [copyOf(properties), Date.now()];
        keep((tracker) => tracker.revenue(id, amount, copy, time));
      },
      forget(id) {
        keep((tracker) => tracker.forget(id), MAX_ERASURES);
      },
    },
    stats: () => ({ kept: calls.length, dropped }),
    replay(tracker) {
      const [waiting, lost] = [calls, dropped];
      calls = [];
      dropped = 0;
      for (const call of waiting) call(tracker);
      return lost;
    },
    discard() {
      calls = [];
      dropped = 0;
    },
  };
}

/** The caller may change the object later. One that refuses to be read stays as it is: the tracker refuses and counts it. */
function copyOf<T>(properties: T): T {
  if (typeof properties !== 'object' || properties === null) return properties;
  try {
    return { ...properties };
  } catch {
    return properties;
  }
}

function copyOfEach(operations: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(operations).map(([name, properties]) => [name, copyOf(properties)]));
}

/** Returns a tracker whose pipeline is closed: it says once that calls came too late, and lets the pipeline count them. */
export function closedTracker(tracker: Tracker, warnOnce: (message: string) => void): Tracker {
  const late = () =>
    warnOnce(
      'An analytics call came after closeObservability: it was not sent, and is counted as closed. Call initializeMixpanel to start again.',
    );
  return {
    event(...call) {
      late();
      tracker.event(...call);
    },
    profile(...call) {
      late();
      tracker.profile(...call);
    },
    merge(...call) {
      late();
      tracker.merge(...call);
    },
    revenue(...call) {
      late();
      tracker.revenue(...call);
    },
    forget(id) {
      tracker.forget(id);
    },
  };
}
