import type { Reply, Transport } from '@qr/delivery';
import { createHttpClient } from '@qr/delivery/http';

/** Enough to work off a backlog, few enough to be polite to a receiver that has just come back. */
const MAX_IN_FLIGHT = 4;
/** Of every envelope with an error or a message in it, as Relay counts them. */
const CATEGORY = 'error';

export interface SentryHttpOptions {
  /** The envelope endpoint with the public key in its query, as the SDK makes it of a DSN; or that of a tunnel. */
  readonly url: string;
  /** Added to every request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** How long the receiver may take to answer. @default 10_000 */
  readonly timeoutMs?: number;
  readonly warn?: (message: string) => void;
  /** @default Date.now */
  readonly now?: () => number;
}

/**
 * Sends error envelopes to Sentry. While Sentry limits errors no request is made: the answer is a 429 that says how long that lasts.
 */
export function createSentryHttpTransport(options: SentryHttpOptions): Transport {
  const { url, timeoutMs, warn = () => {}, now = () => Date.now() } = options;
  const { origin, pathname, searchParams } = new URL(url);
  const client = createHttpClient({ warn, origin, ...(timeoutMs !== undefined && { timeoutMs }) });
  const headers = {
    ...options.headers,
    ...authorization(searchParams),
    'content-type': 'application/x-sentry-envelope',
  };
  let limits: RateLimits = {};

  const limited = (): { 'retry-after': string } | undefined => {
    const left = limitedUntil(limits, CATEGORY) - now();
    return left > 0 ? { 'retry-after': String(left / 1000) } : undefined;
  };

  return {
    maxInFlight: MAX_IN_FLIGHT,
    async send(_lane, { body }): Promise<Reply> {
      const wait = limited();
      if (wait) return { status: 429, headers: wait, body: 'rate limited: Sentry takes no errors for now' };
      const reply = await client.post(pathname, headers, body);
      if ('networkError' in reply) return reply;
      limits = updateRateLimits(limits, reply, now());
      return { ...reply, headers: { ...reply.headers, ...limited() } };
    },
    close: () => client.close(),
  };
}

/** The key that the SDK puts into the query; a header does not end up in the logs of a proxy. */
function authorization(query: URLSearchParams): Record<string, string> {
  const fields = ['sentry_version', 'sentry_key', 'sentry_client'].flatMap((name) => {
    const value = query.get(name);
    return value === null ? [] : [`${name}=${value}`];
  });
  return query.has('sentry_key') ? { 'x-sentry-auth': `Sentry ${fields.join(', ')}` } : {};
}

/** Until when the items of a category may not be sent, in milliseconds since the epoch; `all` stands for every category. */
export type RateLimits = Readonly<Record<string, number>>;

/** When a limit, or a 429, does not say for how long. */
const DEFAULT_LIMIT_MS = 60_000;

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * The limits after an answer; whatever its status, it may announce some. A longer limit is never shortened.
 *
 * @see https://develop.sentry.dev/sdk/foundations/transport/rate-limiting/
 */
export function updateRateLimits(limits: RateLimits, { status, headers }: Answer, now: number): RateLimits {
  const announced = headers['x-sentry-rate-limits']?.trim();
  if (announced) return announced.split(',').reduce((merged, limit) => addLimit(merged, limit, now), limits);
  if (status !== 429) return limits;
  return extend(limits, 'all', now + (retryAfterMs(headers['retry-after'], now) ?? DEFAULT_LIMIT_MS));
}

/** Until when items of this category may not be sent; 0 when they may. */
export function limitedUntil(limits: RateLimits, category: string): number {
  return Math.max(limits[category] ?? 0, limits['all'] ?? 0);
}

/** `retry_after:categories:scope:reason_code:...`; what follows the categories does not matter to a sender. */
function addLimit(limits: RateLimits, text: string, now: number): RateLimits {
  const [retryAfter = '', categories = ''] = text.replaceAll(' ', '').split(':');
  const seconds = Number.parseFloat(retryAfter);
  const until = now + (seconds >= 0 ? seconds * 1000 : DEFAULT_LIMIT_MS);
  // Without a category it holds for all of them; with one that we do not know, for none that we send.
  const names = categories === '' ? ['all'] : categories.split(';');
  return names.reduce((merged, name) => extend(merged, name, until), limits);
}

function extend(limits: RateLimits, category: string, until: number): RateLimits {
  return { ...limits, [category]: Math.max(limits[category] ?? 0, until) };
}

/** `Retry-After`, RFC 9110 section 10.2.3: seconds or an HTTP date. */
function retryAfterMs(value: string | undefined, now: number): number | undefined {
  if (value === undefined || value.trim() === '') return undefined;
  const seconds = Number(value);
  const wait = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(value) - now;
  return Number.isNaN(wait) ? undefined : Math.max(0, wait);
}
