import { useEffect, useRef, useState } from 'react';
import { keepFresh, type Reader } from './keep-fresh.ts';
import { request } from './request.ts';

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
        const failure = error instanceof Error ? error.message : String(error);
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
