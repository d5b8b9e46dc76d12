/** A path below the organization. Sentry answers only paths that end in a slash. */
export type SentryPath = `${string}/`;

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** One request. */
export interface SentryRequest {
  readonly method: Method;
  readonly path: SentryPath;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** What came back; status 0 when nothing did, with the reason as text. */
export interface SentryAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** Where requests go, and as whom. */
export interface ExchangeOptions {
  /** Origin, without a slash at its end. */
  readonly url: string;
  readonly org: string;
  readonly token: string;
  readonly fetch: typeof globalThis.fetch;
  readonly signal: AbortSignal;
  /** @default 30000 */
  readonly timeoutMs?: number;
}

/** Sends one request, once. Rejects only when `signal` is aborted. */
export async function exchange(
  { method, path, query, body }: SentryRequest,
  { url, org, token, fetch, signal, timeoutMs = 30_000 }: ExchangeOptions,
): Promise<SentryAnswer> {
  const search = query && Object.keys(query).length > 0 ? `?${new URLSearchParams(query)}` : '';
  try {
    const response = await fetch(`${url}/api/0/organizations/${encodeURIComponent(org)}/${path}${search}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      // A redirect turns a POST into a GET, and may lead elsewhere.
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    });
    return { status: response.status, headers: response.headers, text: await response.text() };
  } catch (error) {
    if (signal.aborted) throw error;
    return { status: 0, headers: new Headers(), text: `${causeOf(error)}.` };
  }
}

/** Whether Sentry did what it was asked for. */
export function isSuccess({ status }: SentryAnswer): boolean {
  return status >= 200 && status < 300;
}

/** Whether nobody knows what became of a request: it may have been carried out all the same. */
export function isUncertain({ status }: SentryAnswer): boolean {
  return status === 0 || status >= 500;
}

/** @returns the document in an answer, or `undefined` when there is none. */
export function documentOf<T>({ text }: SentryAnswer): T | undefined {
  try {
    return JSON.parse(text) as T;
  } catch {
    return undefined;
  }
}

function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}

/**
 * Where the next page begins, by the `Link` header of Sentry's lists; `undefined` after the last. Sentry names a next page always, and says
 * with `results` whether anything is on it. Only the cursor is taken: an address from an answer must not decide where the token goes.
 */
export function nextCursor(link: string | null): string | undefined {
  for (const part of (link ?? '').split(/,\s*(?=<)/)) {
    const attributes = new Map(
      [...part.matchAll(/;\s*(\w+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]),
    );
    if (attributes.get('rel') === 'next' && attributes.get('results') === 'true') return attributes.get('cursor');
  }
  return undefined;
}

const MIN_WAIT_MS = 1000;

/**
 * How long to wait after a 429, in milliseconds. `Retry-After` is in seconds; `X-Sentry-Rate-Limit-Reset` is a time, in seconds since the
 * epoch (https://docs.sentry.io/api/ratelimits/). When too many requests are open at once, that time may have passed.
 */
export function rateLimitWaitMs(headers: Headers, now: number): number {
  const after = Number(headers.get('retry-after') || Number.NaN) * 1000;
  const until = Number(headers.get('x-sentry-rate-limit-reset') || Number.NaN) * 1000 - now;
  const wait = Number.isFinite(after) ? after : until;
  return Number.isFinite(wait) ? Math.max(wait, MIN_WAIT_MS) : MIN_WAIT_MS;
}
