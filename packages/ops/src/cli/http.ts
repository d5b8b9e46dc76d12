import type { CommandContext } from './command.ts';

/** What came back; status 0 when nothing did, with the reason as text. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

interface ExchangeOptions extends Pick<CommandContext, 'fetch' | 'signal'> {
  /** @default 30000 */
  readonly timeoutMs?: number | undefined;
}

/** Sends one request, once. Rejects only when `signal` is aborted. */
export async function exchange(
  url: string,
  init: RequestInit,
  { fetch, signal, timeoutMs = 30_000 }: ExchangeOptions,
): Promise<Answer> {
  try {
    const response = await fetch(url, {
      ...init,
      // A redirect turns a POST into a GET, and may lead the token elsewhere.
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    });
    return { status: response.status, headers: response.headers, text: await response.text() };
  } catch (error) {
    signal.throwIfAborted();
    return { status: 0, headers: new Headers(), text: failureOf(error) };
  }
}

/** Whether the receiver did what it was asked for. */
export function isSuccess({ status }: Answer): boolean {
  return status >= 200 && status < 300;
}

/** @returns the document in an answer, or `undefined` when there is none. */
export function documentOf<T>(text: string): T | undefined {
  try {
    return JSON.parse(text) as T;
  } catch {
    return undefined;
  }
}

/** Why a request failed, without what a program would say about it: a code such as `ECONNREFUSED`, else the message. */
export function failureOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (cause instanceof Error && 'code' in cause && typeof cause.code === 'string') return cause.code;
  return cause instanceof Error ? cause.message : String(cause);
}
