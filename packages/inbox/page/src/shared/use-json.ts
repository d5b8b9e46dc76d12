import { useEffect, useRef, useState } from 'react';

const PAUSE_MS = 1000;

/** An answer of the inbox: what is known of it, and why there is no more. */
export interface Loaded<T> {
  readonly data: T | undefined;
  readonly failure: string | undefined;
}

const NOTHING = { data: undefined, failure: undefined } as const;

/** Reads a path of the API, again whenever `revision` changes; null reads nothing. */
export function useJson<T>(path: string | null, revision = 0): Loaded<T> {
  const [state, setState] = useState<Loaded<T> & { readonly path: string | null }>({ path: null, ...NOTHING });
  const reader = useRef<Reader>(undefined);
  const lastRevision = useRef(revision);

  useEffect(() => {
    if (path === null) return;
    const abort = new AbortController();
    const load = async (): Promise<void> => {
      try {
        const data = await request<T>(path, { signal: abort.signal });
        setState({ path, data, failure: undefined });
      } catch (error) {
        if (abort.signal.aborted) return;
        const failure = messageOf(error);
        // What was there stays: the inbox may only have been restarted.
        setState((before) => ({ path, failure, data: before.path === path ? before.data : undefined }));
      }
    };
    const made = keepFresh(load, PAUSE_MS);
    reader.current = made;
    return () => {
      made.stop();
      abort.abort();
    };
  }, [path]);

  useEffect(() => {
    if (lastRevision.current === revision) return;
    lastRevision.current = revision;
    reader.current?.refresh();
  }, [revision]);

  return state.path === path ? state : NOTHING;
}

/** One resource that is asked for again when something has changed. */
interface Reader {
  /** Asks again: at once after a quiet time, else soon; many calls become one request. */
  refresh(): void;
  stop(): void;
}

/** Calls `load` at once, and after each `refresh`: never twice at a time, and with a pause between. */
export function keepFresh(load: () => Promise<void>, pauseMs: number): Reader {
  let isBusy = false;
  let isStale = false;
  let isStopped = false;
  let endedAt = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const run = async (): Promise<void> => {
    timer = undefined;
    isBusy = true;
    isStale = false;
    await load();
    isBusy = false;
    endedAt = performance.now();
    if (isStale) schedule();
  };
  const schedule = (): void => {
    if (isStopped) return;
    timer ??= setTimeout(() => void run(), Math.max(0, endedAt + pauseMs - performance.now()));
  };
  void run();
  return {
    refresh() {
      if (isBusy) isStale = true;
      else schedule();
    },
    stop() {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}

/**
 * Asks the inbox.
 * @throws Error with the sentence that it answers with.
 */
async function request<T>(path: string, options: RequestInit = {}): Promise<T> {
  const response = await fetch(path, options);
  const body: unknown = response.status === 204 ? undefined : await response.json().catch(() => undefined);
  if (response.ok) return body as T;
  const { message } = (body ?? {}) as { message?: unknown };
  throw new Error(typeof message === 'string' ? message : `The inbox answered ${response.status}.`);
}

export function sendJson<T>(method: 'POST' | 'PUT', path: string, body: object): Promise<T> {
  return request(path, { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
}

export async function remove(path: string): Promise<void> {
  await request(path, { method: 'DELETE' });
}

/** A number that grows by one every so often. */
export function useTicks(everyMs: number): number {
  const [ticks, setTicks] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setTicks((before) => before + 1), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return ticks;
}

/** Makes requests that change something. @returns what was wrong with the last one, and the function that awaits one */
export function useAttempt(): readonly [failure: string, attempt: (change: Promise<unknown>) => void] {
  const [failure, setFailure] = useState('');
  return [
    failure,
    (change) =>
      void change.then(
        () => setFailure(''),
        (error: unknown) => setFailure(messageOf(error)),
      ),
  ];
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
