import { warnOnce } from '../warn-once.ts';

/** What takes the calls once an SDK is there; `at` is the time of the original call in epoch milliseconds. */
export type Sink<C> = (call: C, at: number) => void;

/** Keeps calls until their SDK has arrived, then passes them on in order. */
export interface CallQueue<C> {
  /** @param at when it happened. @default now */
  push(call: C, at?: number): void;
  /** Replays what was kept, then passes every further call straight through. */
  connect(sink: Sink<C>): void;
  /** What was kept, oldest first; it is forgotten. */
  take(): readonly KeptCall<C>[];
  /** What is kept, oldest first. */
  pending(): readonly KeptCall<C>[];
}

/** One kept call. */
export interface KeptCall<C> {
  readonly call: C;
  readonly at: number;
}

/** Makes a bounded queue; a call that finds it full is dropped, so the oldest, which explain the rest, survive. */
export function createCallQueue<C>(capacity = 100): CallQueue<C> {
  let kept: KeptCall<C>[] = [];
  let sink: Sink<C> | undefined;

  const pass = (to: Sink<C>, { call, at }: KeptCall<C>) => {
    try {
      to(call, at);
    } catch (error) {
      // Telemetry never breaks the page.
      warnOnce(`an SDK failed (${error})`);
    }
  };

  return {
    push(call, at = Date.now()) {
      const entry = { call, at };
      if (sink) pass(sink, entry);
      else if (kept.length < capacity) kept.push(entry);
      else if (import.meta.env.DEV) warnOnce(`more than ${capacity} calls wait, the next are dropped`);
    },
    connect(to) {
      // A call that is made while the queue is replayed comes after it.
      for (let entry = kept.shift(); entry; entry = kept.shift()) pass(to, entry);
      sink = to;
    },
    take() {
      const taken = kept;
      kept = [];
      return taken;
    },
    pending: () => kept,
  };
}
