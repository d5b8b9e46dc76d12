import { createCallQueue, type KeptCall, type Sink } from './call-queue.ts';
import { createLateStart } from './late-start.ts';
import { type LeftBehind, leaveBehind } from './left-behind.ts';

/** What {@link createLane} takes. */
export interface LaneOptions<C, S> {
  /** The SDK at its end, for warnings. */
  readonly name: string;
  /** Asked before the SDK is fetched and started, and before anything is handed over. */
  readonly isAllowed: () => boolean;
  /** Fetches and starts the SDK; what comes back takes the calls. */
  readonly load: (settings: S) => Promise<() => Sink<C>>;
  /** Whether a call is worth fetching the SDK at once. */
  readonly isUrgent: (call: C) => boolean;
  /** What the page's own server needs to make of the calls what the SDK would have; `undefined` when none of them is worth it. */
  readonly pack: (settings: S, calls: readonly KeptCall<C>[]) => LeftBehind | undefined;
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
  /** Fetches the SDK at once. */
  hurry(): void;
  /** Forgets what waits. */
  clear(): void;
}

export function createLane<C, S extends object>(options: LaneOptions<C, S>): Lane<C, S> {
  const { name, isAllowed, load, isUrgent, pack } = options;
  const queue = createCallQueue<C>();
  // Until one of the init functions has run nobody knows whether the vendor is wanted, so calls are kept.
  let settings: S | null | undefined;

  const late = createLateStart({
    name,
    isAllowed: () => !!settings && isAllowed(),
    start: async () => {
      const start = await load(settings as S);
      // Consent may have been withdrawn while the chunk was on its way.
      if (!isAllowed()) return false;
      queue.connect(start());
      return true;
    },
    handOver: () => {
      const left = settings && isAllowed() && pack(settings, queue.pending());
      if (!left) return;
      queue.take();
      leaveBehind(left);
    },
  });

  return {
    settings: () => settings,
    open(to) {
      settings = to;
      late.whenIdle();
      if (queue.pending().some(({ call }) => isUrgent(call))) late.now();
    },
    close() {
      settings = null;
      queue.take();
    },
    send(call, at) {
      if (settings === null) return false;
      queue.push(call, at);
      if (isUrgent(call)) late.now();
      return true;
    },
    hurry: late.now,
    clear: () => void queue.take(),
  };
}
