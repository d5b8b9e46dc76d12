import { type ReactElement, useCallback, useEffect, useState } from 'react';
import type { ChunkLoadError } from '../chunks/chunk-load-error.ts';
import { type ReleaseState, releaseState, reloadOnce } from '../chunks/release.ts';

interface ChunkErrorPageProps {
  readonly error: ChunkLoadError;
  readonly resetError: () => void;
}

type State = 'asking' | 'reloading' | ReleaseState;

/** Stands in the place of a page whose code could not be fetched. A new release is loaded by itself, and a lost connection waited for. */
export function ChunkErrorPage({ error, resetError }: ChunkErrorPageProps): ReactElement {
  const [state, setState] = useState<State>('asking');

  const ask = useCallback(async () => {
    const release = await releaseState();
    setState(release === 'replaced' && reloadOnce() ? 'reloading' : release);
  }, []);
  const tryAgain = useCallback(async () => {
    try {
      await error.retry();
      resetError();
    } catch {
      await ask();
    }
  }, [error, resetError, ask]);

  useEffect(() => {
    void ask();
  }, [ask]);
  useEffect(() => {
    const retry = () => void tryAgain();
    addEventListener('online', retry);
    return () => removeEventListener('online', retry);
  }, [tryAgain]);

  const { title, text } = TEXTS[state];
  return (
    <main className="narrow">
      <div className="card message" role="alert">
        <h1>{title}</h1>
        <p>{text}</p>
        {(state === 'current' || state === 'unreachable') && (
          <button type="button" onClick={() => void tryAgain()}>
            Try again
          </button>
        )}
        {state === 'replaced' && (
          <button type="button" onClick={() => location.reload()}>
            Reload the page
          </button>
        )}
      </div>
    </main>
  );
}

const TEXTS: Readonly<Record<State, { readonly title: string; readonly text: string }>> = {
  asking: { title: 'Loading…', text: 'This page is taking longer than usual.' },
  reloading: { title: 'Loading the new version…', text: 'The app was updated while you had it open.' },
  replaced: { title: 'A new version is available', text: 'Reload the page to continue.' },
  current: { title: 'This page could not be loaded', text: 'Your codes are safe and keep working. Try again.' },
  unreachable: {
    title: 'You are offline',
    text: 'This page opens as soon as you are connected again. Your codes are safe and keep working.',
  },
};
