import type { CommandContext } from '../cli/command.ts';
import { type Answer, exchange } from '../cli/http.ts';

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

/** Where requests go, and as whom. */
export interface SentryAccess extends Pick<CommandContext, 'fetch' | 'signal'> {
  /** Origin, without a slash at its end. */
  readonly url: string;
  readonly org: string;
  readonly token: string;
  /** @default 30000 */
  readonly timeoutMs?: number;
}

/** Sends one request, once. Rejects only when `signal` is aborted. */
export function askSentry({ method, path, query, body }: SentryRequest, access: SentryAccess): Promise<Answer> {
  const { url, org, token } = access;
  const search = query && Object.keys(query).length > 0 ? `?${new URLSearchParams(query)}` : '';
  const headers = {
    authorization: `Bearer ${token}`,
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
  };
  return exchange(
    `${url}/api/0/organizations/${encodeURIComponent(org)}/${path}${search}`,
    { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) },
    access,
  );
}

/** Whether nobody knows what became of a request: it may have been carried out all the same. */
export function isUncertain({ status }: Answer): boolean {
  return status === 0 || status >= 500;
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
