import type { Breadcrumb, Event } from '@sentry/node';

type Json = Record<string, unknown>;
type Exceptions = NonNullable<NonNullable<Event['exception']>['values']>;

/**
 * Bytes of JSON that the parts of an event may have; Sentry takes 1 MiB of it in all, and refuses a larger one whole.
 *
 * @see https://develop.sentry.dev/sdk/data-model/envelopes/#size-limits
 */
const MAX_BYTES = { exceptions: 250_000, breadcrumbs: 350_000, text: 24_000, other: 24_000 };
/** Of a breadcrumb: its message and its data. */
const MAX_BREADCRUMB_BYTES = 3000;
const MAX_BREADCRUMBS = 100;
/** Of the stack of one error, the innermost ones. */
const MAX_FRAMES = 50;
/** What is left of texts, lists and levels of a value that is too large, until it is small enough. */
const CUTS = [
  { characters: 4000, items: 100, depth: 6 },
  { characters: 1000, items: 50, depth: 5 },
  { characters: 250, items: 20, depth: 4 },
  { characters: 60, items: 10, depth: 3 },
];

/**
 * Returns the exceptions that fit, each cleaned. The main error, which is the last, comes first and whole; of the ones linked to it those that are left
 * room for. One that is too large loses its source lines before it is left out.
 */
export function fittingExceptions(exceptions: readonly unknown[], clean: (value: unknown) => unknown): Exceptions {
  const kept: unknown[] = [];
  let left = MAX_BYTES.exceptions;
  for (const exception of [...exceptions].reverse()) {
    const fitting = fittingException(clean(exception) as Json, left);
    if (fitting === undefined) break;
    left -= bytesOf(fitting);
    kept.unshift(fitting);
  }
  return kept as Exceptions;
}

function fittingException(exception: Json, maxBytes: number): Json | undefined {
  if (bytesOf(exception) <= maxBytes) return exception;
  const value = typeof exception['value'] === 'string' ? cutText(exception['value'], MAX_BYTES.text) : undefined;
  const { frames = [], ...stacktrace } = (exception['stacktrace'] ?? {}) as { readonly frames?: readonly Json[] };
  const withoutLines = frames
    .slice(-MAX_FRAMES)
    .map(({ pre_context: _before, context_line: _line, post_context: _after, ...frame }) => frame);
  const shorter = {
    ...exception,
    ...(value !== undefined && { value }),
    ...(withoutLines.length > 0 && { stacktrace: { ...stacktrace, frames: withoutLines } }),
  };
  return bytesOf(shorter) <= maxBytes ? shorter : undefined;
}

/** Returns the newest breadcrumbs that fit, each cleaned once; `undefined` from `clean` leaves one out. */
export function fittingBreadcrumbs(
  breadcrumbs: readonly unknown[],
  clean: (breadcrumb: unknown) => Breadcrumb | null,
): Breadcrumb[] {
  const kept: Breadcrumb[] = [];
  let left = MAX_BYTES.breadcrumbs;
  for (let at = breadcrumbs.length - 1; at >= 0 && kept.length < MAX_BREADCRUMBS; at--) {
    const breadcrumb = clean(breadcrumbs[at]);
    if (!breadcrumb) continue;
    const fitting = fittingBreadcrumb(breadcrumb);
    left -= bytesOf(fitting);
    if (left < 0) break;
    kept.push(fitting);
  }
  return kept.reverse();
}

function fittingBreadcrumb(breadcrumb: Breadcrumb): Breadcrumb {
  const { message, data } = breadcrumb;
  return {
    ...breadcrumb,
    ...(typeof message === 'string' && { message: cutText(message, MAX_BREADCRUMB_BYTES) }),
    ...(data && { data: fitting(data, MAX_BREADCRUMB_BYTES) as NonNullable<Breadcrumb['data']> }),
  };
}

/** Returns a value that is no larger than an event has room for, with the outermost parts of a larger one. */
export function fittingValue(value: unknown): unknown {
  return fitting(value, MAX_BYTES.other);
}

function fitting(value: unknown, maxBytes: number): unknown {
  if (typeof value === 'string') return cutText(value, Math.min(maxBytes, MAX_BYTES.text));
  if (bytesOf(value) <= maxBytes) return value;
  for (const cut of CUTS) {
    const smaller = cutValue(value, cut, 0);
    if (bytesOf(smaller) <= maxBytes) return smaller;
  }
  return Array.isArray(value) ? [] : {};
}

/** What is deeper than allowed is left out, with its key. */
function cutValue(value: unknown, cut: (typeof CUTS)[number], depth: number): unknown {
  if (typeof value === 'string') return value.length > cut.characters ? `${value.slice(0, cut.characters)}…` : value;
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= cut.depth) return undefined;
  if (Array.isArray(value)) return value.slice(0, cut.items).map((item) => cutValue(item, cut, depth + 1));
  const entries = Object.entries(value).slice(0, cut.items);
  return Object.fromEntries(entries.map(([key, item]) => [key, cutValue(item, cut, depth + 1)]));
}

/** Cuts on a character boundary. */
function cutText(text: string, maxBytes: number): string {
  if (text.length * 3 <= maxBytes || Buffer.byteLength(text) <= maxBytes) return text;
  const bytes = Buffer.from(text.slice(0, maxBytes));
  let end = Math.min(bytes.length, maxBytes - 3);
  // A byte of the form 10xxxxxx continues a character.
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  return `${bytes.toString('utf8', 0, end)}…`;
}

function bytesOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value) ?? '');
}
