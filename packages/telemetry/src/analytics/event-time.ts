/** The client passes seconds or milliseconds; this many seconds lie in the year 5138, this many milliseconds in 1973. */
const FIRST_MILLISECONDS = 100_000_000_000;
/** The vendor refuses events from further ahead. Mixpanel reference, import-events. */
const MAX_AHEAD_MS = 60 * 60 * 1000;
const DIGITS = /^\d{1,16}$/;
const ISO_8601 = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(Z|[+-]\d\d(?::?\d\d)?)?)?$/i;

/**
 * Returns when an event happened, in milliseconds since the epoch.
 *
 * @param given a Date, seconds or milliseconds since the epoch, or ISO 8601 (UTC unless it says otherwise).
 * @returns `undefined` for anything else, and for a time that the vendor would refuse.
 */
export function timeOf(given: unknown, now: number): number | undefined {
  const time = millisecondsOf(given);
  if (time === undefined || !Number.isFinite(time) || time < FIRST_MILLISECONDS || time > now + MAX_AHEAD_MS) {
    return undefined;
  }
  return Math.round(time);
}

function millisecondsOf(given: unknown): number | undefined {
  if (typeof given === 'number') return given < FIRST_MILLISECONDS ? given * 1000 : given;
  if (given instanceof Date) return given.getTime();
  if (typeof given !== 'string') return undefined;
  const text = given.trim();
  if (DIGITS.test(text)) return millisecondsOf(Number(text));
  const match = ISO_8601.exec(text);
  if (!match) return undefined;
  const iso = text.replace(' ', 'T').replace(',', '.');
  // JavaScript reads a time without a zone as local time.
  return Date.parse(iso.length > 10 && match[1] === undefined ? `${iso}Z` : iso);
}
