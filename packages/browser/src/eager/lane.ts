import type { AllowListModule, PagePlan } from '../plan.ts';
import type { OwnServer } from './leaving.ts';
import type { PageParts } from './page-parts.ts';

/** Maximum number of waiting calls. */
const CAPACITY = 100;
/** Longest wait for an idle moment after the page has loaded. */
const IDLE_TIMEOUT_MS = 2000;
/** Delay before the first retry of a failed load; it doubles with each further failure. */
const RETRY_MS = 5000;

declare global {
  interface Document {
    /** Whether the browser draws the page in advance, for a visit that may never come. Chromium only. */
    readonly prerendering?: boolean;
  }
}

/** Passes a call to a started SDK; `at` is the time of the original call in epoch milliseconds. */
export type Sink<C> = (call: C, at: number) => void;

/** Starts an SDK. The allow-list is unchecked; it is undefined when the lane was opened without a plan. */
type Start<C, S> = (settings: S, allowList: AllowListModule | undefined, page: PageParts) => Sink<C>;

/** A call that waits for its SDK. */
interface KeptCall<C> {
  readonly call: C;
  at: number;
}

/** What a lane leads to. */
interface LaneEnd<C, S> extends PageParts {
  /** Name of the SDK, for warnings. */
  readonly name: string;
  readonly settings: S;
  /** Asked before the SDK is fetched, before it is started, and before anything is handed over. */
  readonly isAllowed: () => boolean;
  /** Fetches the SDK. */
  readonly load: () => Promise<Start<C, S>>;
  /** Returns what the page's own server needs to process the calls as the SDK would, and where it listens. */
  readonly pack: (calls: readonly KeptCall<C>[]) => OwnServer;
}

/** The way of one vendor's calls: kept until its SDK is there, and handed over if it does not come in time. */
export interface Lane<C, S> {
  readonly kept: KeptCall<C>[];
  /** Calls that were dropped, or not made, since the page's own server was last told. */
  dropped: number;
  /** What the lane was opened with; `null` when it is off. Calls are kept while it is undefined, because the vendor may still be turned on. */
  settings?: S | null;
  /** Turns the lane on: the SDK comes when the page is idle, or at once for an urgent call. */
  open(to: LaneEnd<C, S>): void;
  /** Turns the lane off for the life of the page. */
  close(): void;
  /** Passes a call on, now or when the SDK is there; `at` is when it happened, if not now. Returns false when the lane is off. */
  send(call: C, at?: number): boolean;
  /** Fetches the SDK at once; a fetch that is under way or done is not repeated, one that failed is. */
  hurry(): Promise<void>;
}

/**
 * Creates a lane. Each SDK has its own, so that a failed chunk of one does not hold back the other.
 *
 * @param spare kinds of calls that give way to others when too many wait, the least important first.
 * @param urgent the kind of call that is worth fetching the SDK at once; waiting calls are handed over only with one of these among them. @default none
 */
export function createLane<C extends { readonly kind: string }, S extends { readonly plan?: PagePlan | undefined }>(
  spare: readonly C['kind'][],
  urgent?: C['kind'],
): Lane<C, S> {
  const kept: KeptCall<C>[] = [];
  let end: LaneEnd<C, S> | undefined;
  let sink: Sink<C> | undefined;
  let isStarted = false;
  let retryMs = RETRY_MS;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const pass = (to: Sink<C>, { call, at }: KeptCall<C>) => {
    try {
      to(call, at);
    } catch (error) {
      // Telemetry never breaks the page.
      end?.warnOnce(`${end.name} failed`, error);
    }
  };

  const holdsUrgent = () => kept.some(({ call }) => call.kind === urgent);

  /** The end of the lane if calls may leave: with consent, and not from a prerendered page, which nobody has seen yet. */
  const usableEnd = () => (end?.isAllowed() && !document.prerendering ? end : undefined);

  const hurry = async () => {
    const to = usableEnd();
    if (isStarted || !to) return;
    isStarted = true;
    try {
      const [start, allowList] = await Promise.all([to.load(), to.settings.plan?.load?.()]);
      // Consent may have been withdrawn while the chunk was on its way.
      isStarted = to.isAllowed();
      if (!isStarted) return;
      const take = start(to.settings, allowList, to);
      // A call that is made while the others are replayed comes after them.
      for (let entry = kept.shift(); entry; entry = kept.shift()) pass(take, entry);
      sink = take;
    } catch (error) {
      isStarted = false;
      to.warnOnce(`${to.name} failed to load`, error);
      clearTimeout(timer);
      timer = setTimeout(hurry, retryMs);
      retryMs *= 2;
      // A chunk of an older deploy never comes, and one that threw while it was evaluated fails for good.
      handOver(false);
    }
  };

  /** Hands waiting calls to the page's own server: the page is being left and may not come back, or the SDK cannot be loaded. */
  const handOver = (isLeft: boolean) => {
    const to = usableEnd();
    if (!to || !(lane.dropped || (urgent ? holdsUrgent() : kept[0]))) return;
    // An error has no JSON of its own; what is known of it is in its call.
    const calls = [
      ...kept.map(({ call, at }) => ({ ...call, at, error: undefined })),
      { kind: 'dropped', count: lane.dropped },
    ];
    kept.splice(0, to.leaveBehind(to.pack(kept), calls, isLeft));
    lane.dropped = 0;
  };

  /** A call that finds no room replaces the oldest one of a kind that matters less. Else the oldest survive, because they explain the rest. */
  const hasRoomFor = ({ kind }: C) => {
    if (kept.length < CAPACITY) return true;
    lane.dropped++;
    for (const other of spare) {
      if (other === kind) break;
      const index = kept.findIndex(({ call }) => call.kind === other);
      if (index >= 0) return kept.splice(index, 1);
    }
    return false;
  };

  const lane: Lane<C, S> = {
    kept,
    dropped: 0,
    open(to) {
      end = to;
      lane.settings = to.settings;
      const wait = () => {
        // Safari has no requestIdleCallback; to `setTimeout` an object is no time at all.
        const whenIdle = (globalThis.requestIdleCallback ?? setTimeout) as typeof requestIdleCallback;
        whenIdle(hurry, { timeout: IDLE_TIMEOUT_MS });
      };
      if (document.readyState === 'complete') wait();
      else addEventListener('load', wait);
      addEventListener('online', hurry);
      document.addEventListener('prerenderingchange', () => {
        // The visit begins now, however long ago the page was drawn.
        for (const call of kept) call.at = Date.now();
        wait();
      });
      to.whenLeft(() => handOver(true));
      if (holdsUrgent()) void hurry();
    },
    close() {
      lane.settings = null;
      kept.length = 0;
    },
    send(call, at = Date.now()) {
      if (lane.settings === null) return false;
      if (sink) pass(sink, { call, at });
      else if (hasRoomFor(call)) kept.push({ call, at });
      if (call.kind === urgent) void hurry();
      return true;
    },
    hurry,
  };
  return lane;
}
