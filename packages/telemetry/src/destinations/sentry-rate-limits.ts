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
