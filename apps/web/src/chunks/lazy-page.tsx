import type { ComponentType, ReactElement } from 'react';

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
