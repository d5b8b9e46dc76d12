import type { Reply, Transport } from '@qr/delivery';
import { createHttpClient } from '@qr/delivery/http';
import { core } from '../instance.ts';
import { limitedUntil, type RateLimits, updateRateLimits } from './sentry-rate-limits.ts';

/** Enough to work off a backlog, few enough to be polite to a receiver that has just come back. */
const MAX_IN_FLIGHT = 4;
/** Of every envelope with an error or a message in it, as Relay counts them. */
const CATEGORY = 'error';

/** What {@link createSentryHttpTransport} takes. */
export interface SentryHttpOptions {
  /** The envelope endpoint with the public key in its query, as the SDK makes it of a DSN; or that of a tunnel. */
  readonly url: string;
  /** Added to every request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** How long the receiver may take to answer. @default 10_000 */
  readonly timeoutMs?: number;
  /** @default Date.now */
  readonly now?: () => number;
}

/**
 * Sends error envelopes to Sentry. While Sentry limits errors no request is made: the answer is a 429 that says how long that lasts.
 */
export function createSentryHttpTransport(options: SentryHttpOptions): Transport {
  const { url, timeoutMs, now = () => Date.now() } = options;
  const { origin, pathname, searchParams } = new URL(url);
  const client = createHttpClient({ warn: core.warnOnce, origin, ...(timeoutMs !== undefined && { timeoutMs }) });
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
