import { type ComponentType, type ReactElement, useCallback, useEffect, useState } from 'react';

type Page = ComponentType;

/**
 * Returns the `lazy` of a route. The router asks for a page once and remembers a failure until the app is loaded again, so a page whose code could not
 * be fetched becomes one that throws a {@link ChunkLoadError}, whose `retry` fetches it again.
 */
export function lazyPage(load: () => Promise<Page>): () => Promise<{ readonly element: ReactElement }> {
  return async () => {
    const source: PageSource = { Loaded: undefined };
    try {
      source.Loaded = await load();
    } catch (error) {
      if (!isFailedFetch(error)) throw error;
      source.error = new ChunkLoadError(error, async () => {
        source.Loaded = await load();
      });
    }
    return { element: <LoadedPage source={source} /> };
  };
}

interface PageSource {
  Loaded: Page | undefined;
  error?: ChunkLoadError;
}

function LoadedPage({ source: { Loaded, error } }: { readonly source: PageSource }): ReactElement {
  if (Loaded === undefined) throw error;
  return <Loaded />;
}

/** Thrown when the code of a page cannot be fetched, offline or after a deploy. Has its own issue in Sentry. */
export class ChunkLoadError extends Error {
  /** Fetches the code again. @throws what the browser says when that fails. */
  readonly retry: () => Promise<void>;

  constructor(cause: unknown, retry: () => Promise<void>) {
    super('The code of this page could not be fetched.', { cause });
    this.name = 'ChunkLoadError';
    this.retry = retry;
  }
}

/** What Chromium, Firefox and Safari say, and Vite of a style sheet. An error in the code of a page says something else. */
const FAILED_FETCH =
  /dynamically imported module|Importing a module script failed|Unable to preload CSS|module script.*MIME type/i;

function isFailedFetch(error: unknown): boolean {
  return error instanceof Error && FAILED_FETCH.test(error.message);
}

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

/** The release that has been reloaded for, so that one which cannot be had does not reload for ever. */
const RELOADED_KEY = 'reloaded-from';

/** What the server says about the release that this page is of. */
type ReleaseState = 'current' | 'replaced' | 'unreachable';

/** Asks the server whether it still serves the script that this page was started with; its name changes with its content. */
async function releaseState(): Promise<ReleaseState> {
  try {
    const response = await fetch('/', { cache: 'no-store', headers: { accept: 'text/html' } });
    // A server in trouble says nothing of its release.
    if (!response.ok) return 'current';
    return (await response.text()).includes(entryScript()) ? 'current' : 'replaced';
  } catch {
    return 'unreachable';
  }
}

/** Reloads the page to get the new release, once for each release. Returns false when that was done before, or cannot be remembered. */
function reloadOnce(): boolean {
  try {
    if (sessionStorage.getItem(RELOADED_KEY) === entryScript()) return false;
    sessionStorage.setItem(RELOADED_KEY, entryScript());
  } catch {
    return false;
  }
  location.reload();
  return true;
}

function entryScript(): string {
  return document.querySelector('script[type="module"][src]')?.getAttribute('src') ?? '';
}
