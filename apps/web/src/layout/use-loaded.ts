import { useEffect, useState } from 'react';
import { failureMessage } from '../notices/failure-message.ts';

/** What a page is waiting for. */
export type Loaded<T> =
  | { readonly state: 'loading' }
  | { readonly state: 'loaded'; readonly value: T }
  | { readonly state: 'failed'; readonly message: string; readonly error: unknown };

/**
 * Loads what a page shows, anew when `key` changes, and gives up when the page is left.
 *
 * @param load must not depend on anything but `key`.
 */
export function useLoaded<T>(
  key: string,
  action: string,
  load: (key: string, signal: AbortSignal) => Promise<T>,
): Loaded<T> {
  const [loaded, setLoaded] = useState<Loaded<T>>({ state: 'loading' });
  useEffect(() => {
    const controller = new AbortController();
    setLoaded({ state: 'loading' });
    load(key, controller.signal)
      .then((value) => {
        if (!controller.signal.aborted) setLoaded({ state: 'loaded', value });
      })
      .catch((error: unknown) => {
        if (!controller.signal.aborted) {
          setLoaded({ state: 'failed', message: failureMessage(error, action), error });
        }
      });
    return () => controller.abort();
  }, [key, action, load]);
  return loaded;
}
