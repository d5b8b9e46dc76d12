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

export function isFailedFetch(error: unknown): boolean {
  return error instanceof Error && FAILED_FETCH.test(error.message);
}
