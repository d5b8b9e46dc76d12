import { type ErrorBody, readErrorBody } from '@qr/telemetry/privacy';
import { QueryClient } from '@tanstack/react-query';

/** What {@link request} takes beside the path. */
interface RequestOptions {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly body?: object;
  readonly signal?: AbortSignal;
  /** Whether a 401 means that the session may have run out; false where it means a wrong password. @default true */
  readonly renewsSession?: boolean;
}

let onSessionEnd = (): void => undefined;
let renewal: Promise<boolean> | undefined;

/** Sets what happens when a session cannot be renewed any more. */
export function whenSessionEnds(action: () => void): void {
  onSessionEnd = action;
}

/**
 * Calls the platform's API. A session that has run out is renewed once, and the call is repeated.
 *
 * @throws ApiError when the answer is an error, NetworkError when there is none.
 */
export async function request<T>(path: string, options: RequestOptions = {}): Promise<T> {
  const response = await sendInSession(path, options);
  return (await response.json().catch(() => undefined)) as T;
}

/** The same for an answer that is a text, such as a picture. */
export async function requestText(path: string, options: RequestOptions = {}): Promise<string> {
  return (await sendInSession(path, options)).text();
}

async function sendInSession(path: string, options: RequestOptions): Promise<Response> {
  let response = await send(path, options);
  if (response.status === 401 && options.renewsSession !== false) {
    if (await renewSession()) response = await send(path, options);
    if (response.status === 401) onSessionEnd();
  }
  if (response.ok) return response;
  throw new ApiError(response.status, readErrorBody(await response.json().catch(() => undefined)));
}

async function send(path: string, { method = 'GET', body, signal }: RequestOptions): Promise<Response> {
  try {
    const response = await fetch(`/api${path}`, {
      method,
      ...(signal && { signal }),
      ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    connection.note(true);
    return response;
  } catch (error) {
    if (signal?.aborted) throw error;
    connection.note(false);
    throw new NetworkError(error);
  }
}

/** Calls that find the session over at the same time share one renewal: a refresh token works once. */
async function renewSession(): Promise<boolean> {
  renewal ??= send('/auth/refresh', { method: 'POST' })
    .then(({ ok }) => ok)
    .finally(() => {
      renewal = undefined;
    });
  return renewal;
}

/** The service answered, and the answer is no. */
export class ApiError extends Error {
  readonly status: number;
  readonly body: Partial<ErrorBody>;

  constructor(status: number, body: Partial<ErrorBody>) {
    super(body.message ?? 'The service could not do this. Please try again.');
    this.name = 'ApiError';
    this.status = status;
    this.body = body;
  }
}

/** No answer came. */
export class NetworkError extends Error {
  constructor(cause: unknown) {
    super('No connection to the service. Check your network and try again.', { cause });
    this.name = 'NetworkError';
  }
}

/** Whether the server answers. */
interface Connection {
  isReachable(): boolean;
  /** Notes how a request ended: with an answer, whatever it was, or without one. */
  note(isReachable: boolean): void;
  subscribe(onChange: () => void): () => void;
}

/** Creates a connection that counts as reachable until a request fails. */
function createConnection(): Connection {
  const listeners = new Set<() => void>();
  let reachable = true;
  return {
    isReachable: () => reachable,
    note(isReachable) {
      if (isReachable === reachable) return;
      reachable = isReachable;
      for (const listener of listeners) listener();
    },
    subscribe(onChange) {
      listeners.add(onChange);
      return () => listeners.delete(onChange);
    },
  };
}

/** The one to the app's own origin. */
export const connection = createConnection();

const LONGEST_DELAY_MS = 3000;

/** How long to wait before asking again. @param failures in a row so far, from 0 */
export function retryDelayMs(failures: number): number {
  return Math.min(500 * 2 ** failures, LONGEST_DELAY_MS);
}

/** Caches answers of the services. A page that is opened again shows them at once, and fetches them again in the background. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      // The service said no: asking again would not change that. What did not come through is asked for until it does, so that a page recovers by itself.
      retry: (_failures, error) => error instanceof NetworkError,
      retryDelay: retryDelayMs,
      // Asks even when the browser believes to be offline, which it is often wrong about: a page that waits for ever says nothing.
      networkMode: 'always',
    },
    mutations: { retry: false, networkMode: 'always' },
  },
});
