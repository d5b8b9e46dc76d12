import type { ComponentType, ReactElement } from 'react';
import { ChunkLoadError, isFailedFetch } from './chunk-load-error.ts';

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
