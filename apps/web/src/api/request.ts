import { readErrorBody } from '@qr/telemetry/privacy';
import { connection } from './connection.ts';
import { ApiError, NetworkError } from './errors.ts';

/** What {@link request} takes beside the path. */
export interface RequestOptions {
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
