import { warnOnce } from '../warn-once.ts';
import { whenLeft } from './leaving.ts';
import { type LeftBehind, leaveBehind } from './left-behind.ts';

/** Calls that wait at most. */
const CAPACITY = 100;
/** Longest wait for an idle moment after the page has loaded. */
const IDLE_TIMEOUT_MS = 2000;
/** How long after a failure the next try comes, at first; each further one waits twice as long. */
const RETRY_MS = 5000;

declare global {
  interface Document {
    /** Whether the browser draws the page in advance, for a visit that may never come; in Chromium only. */
    readonly prerendering?: boolean;
  }
}

/** What takes the calls once an SDK is there; `at` is the time of the original call in epoch milliseconds. */
export type Sink<C> = (call: C, at: number) => void;

/** A call that waits for its SDK. */
interface KeptCall<C> {
  readonly call: C;
  at: number;
}

export interface LaneOptions<C extends { readonly kind: string }, S> {
  /** The SDK at its end, for warnings. */
  readonly name: string;
  /** Asked before the SDK is fetched and started, and before anything is handed over. */
  readonly isAllowed: () => boolean;
  /** Fetches and starts the SDK; what comes back takes the calls. */
  readonly load: (settings: S) => Promise<() => Sink<C>>;
  /** The kind of call that is worth fetching the SDK at once; without one among them, calls that wait are not handed over. @default none */
  readonly urgent?: C['kind'];
  /** Kinds of calls that give way to others when too many wait, the least important first. */
  readonly spare: readonly C['kind'][];
  /** What the page's own server needs to make of the calls what the SDK would have, and where it listens. */
  readonly pack: (settings: S, calls: readonly KeptCall<C>[]) => Omit<LeftBehind, 'calls'>;
}

/** The way of one vendor's calls: kept until its SDK is there, and handed over if it does not come in time. */
export interface Lane<C, S> {
  /** What it was opened with; `null` when it is off, `undefined` until that is decided. */
  settings(): S | null | undefined;
  /** Turns the lane on: the SDK comes when the page is idle, or at once for what is urgent. */
  open(settings: S): void;
  /** Turns the lane off for the life of the page. */
  close(): void;
  /** Passes a call on, now or when the SDK is there; `at` is when it happened, if not now. Returns false when the lane is off. */
  send(call: C, at?: number): boolean;
  /** Counts a call that is not made; the page's own server is told the number when the page is left. */
  drop(): void;
  /** Fetches the SDK at once; a fetch that is under way or done is not repeated, one that failed is. */
  hurry(): Promise<void>;
  /** Forgets what waits. */
  clear(): void;
}

/** Makes a lane. Each SDK has its own, so that a failed chunk of one does not hold back the other. */
export function createLane<C extends { readonly kind: string }, S extends object>(
  options: LaneOptions<C, S>,
): Lane<C, S> {
  const { name, isAllowed, load, urgent, spare, pack } = options;
  const kept: KeptCall<C>[] = [];
  let sink: Sink<C> | undefined;
  let dropped = 0;
  let isStarted = false;
  let retryMs = RETRY_MS;
  let timer: ReturnType<typeof setTimeout> | undefined;
  // Until one of the init functions has run nobody knows whether the vendor is wanted, so calls are kept.
  let settings: S | null | undefined;

  const pass = (to: Sink<C>, { call, at }: KeptCall<C>) => {
    try {
      to(call, at);
    } catch (error) {
      // Telemetry never breaks the page.
      warnOnce(`${name} failed`, error);
    }
  };

  const holdsUrgent = () => kept.some(({ call }) => call.kind === urgent);

  /** Whether calls may leave: with consent, and not from a prerendered page, which nobody has seen yet. */
  const isUsable = (to: S | null | undefined): to is S => Boolean(to) && isAllowed() && !document.prerendering;

  const hurry = async () => {
    if (isStarted || !isUsable(settings)) return;
    isStarted = true;
    try {
      const start = await load(settings);
      // Consent may have been withdrawn while the chunk was on its way.
      isStarted = isAllowed();
      if (!isStarted) return;
      const take = start();
      // A call that is made while the others are replayed comes after them.
      for (let entry = kept.shift(); entry; entry = kept.shift()) pass(take, entry);
      sink = take;
    } catch (error) {
      isStarted = false;
      warnOnce(`${name} failed to load`, error);
      clearTimeout(timer);
      timer = setTimeout(hurry, retryMs);
      retryMs *= 2;
      // A chunk of an older deploy never comes, and one that threw while it was evaluated fails for good.
      handOver(false);
    }
  };

  /** Hands what waits to the page's own server: the page is being left and may not come back, or the SDK cannot be had. */
  const handOver = (isLeft: boolean) => {
    if (!isUsable(settings) || (!(urgent ? holdsUrgent() : kept[0]) && !dropped)) return;
    // An error has no JSON of its own; what is known of it is in its call.
    const calls = kept.map(({ call, at }) => ({ ...call, at, error: undefined }));
    kept.splice(
      0,
      leaveBehind({ ...pack(settings, kept), calls: [...calls, { kind: 'dropped', count: dropped }] }, isLeft),
    );
    dropped = 0;
  };

  /** A call that finds no room takes the place of the oldest one of a kind that matters less. Else the oldest survive, because they explain the rest. */
  const hasRoomFor = ({ kind }: C) => {
    if (kept.length < CAPACITY) return true;
    dropped++;
    for (const other of spare) {
      if (other === kind) break;
      const index = kept.findIndex(({ call }) => call.kind === other);
      if (index >= 0) return kept.splice(index, 1);
    }
    return false;
  };

  return {
    settings: () => settings,
    open(to) {
      settings = to;
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
      whenLeft(() => handOver(true));
      if (holdsUrgent()) void hurry();
    },
    close() {
      settings = null;
      kept.length = 0;
    },
    send(call, at = Date.now()) {
      if (settings === null) return false;
      if (sink) pass(sink, { call, at });
      else if (hasRoomFor(call)) kept.push({ call, at });
      if (call.kind === urgent) void hurry();
      return true;
    },
    drop() {
      dropped++;
    },
    hurry,
    clear() {
      kept.length = 0;
    },
  };
}
