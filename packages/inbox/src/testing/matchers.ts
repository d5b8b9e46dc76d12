import type { InboxReader } from '../inbox-data.ts';
import { findLeaks } from './leaks.ts';

type Fields = Readonly<Record<string, unknown>>;

/** What a matcher uses of the test framework. */
interface Matching {
  readonly equals: Equals;
}

/** What a matcher answers. */
interface Result {
  readonly pass: boolean;
  message(): string;
}

/** At least one event of this name, with at least these properties. */
export function toHaveTracked(this: Matching, inbox: InboxReader, event: string, fields: Fields = {}): Result {
  const events = inbox.events();
  const candidates = events.filter((each) => each.event === event).map((each) => each.properties);
  return judge(this.equals, `event ${show(event)}`, fields, candidates, () => listed(events.map((each) => each.event)));
}

/** A profile of this user, with at least these properties. */
export function toHaveIdentified(this: Matching, inbox: InboxReader, userId: string, fields: Fields = {}): Result {
  const people = inbox.profiles().filter(({ groupKey }) => groupKey === null);
  const candidates = people.filter(({ distinctId }) => distinctId === userId).map((profile) => profile.properties);
  return judge(this.equals, `profile of ${show(userId)}`, fields, candidates, () =>
    listed(people.map(({ distinctId }) => distinctId)),
  );
}

/** An error whose `Type: value` matches, with at least these fields: `level`, `service`, `userId`, `traceId` ... */
export function toHaveReported(this: Matching, inbox: InboxReader, what: string | RegExp, fields: Fields = {}): Result {
  const titled = inbox.errors().map((error) => ({ ...error, title: `${error.type}: ${error.value}` }));
  const candidates = titled.filter(({ title }) => (typeof what === 'string' ? title.includes(what) : what.test(title)));
  return judge(this.equals, `error ${show(what)}`, fields, candidates, () => listed(titled.map(({ title }) => title)));
}

/** A span of this name, with at least these fields: `op`, `status`, `traceId`, `isSegment` ... */
export function toHaveTraced(this: Matching, inbox: InboxReader, name: string, fields: Fields = {}): Result {
  const candidates = inbox.spans({ name }).map((span) => ({ ...span }));
  return judge(this.equals, `span ${show(name)}`, fields, candidates, () =>
    listed(inbox.spans().map((span) => span.name)),
  );
}

/**
 * The text is somewhere in what arrived: in a body, a URL, a header or a record, in any encoding. Meant for `.not`.
 * @throws when the inbox keeps no raw requests, or nothing has arrived: `.not` would then say nothing.
 */
export function toHaveLeaked(this: Matching, inbox: InboxReader, secret: string | RegExp): Result {
  if (inbox.raw().length === 0) {
    throw new Error(
      'toHaveLeaked found no requests to search: start the inbox with keepRaw: true, and send something first.',
    );
  }
  const leaks = findLeaks(inbox, secret);
  return {
    pass: leaks.length > 0,
    message: () =>
      leaks.length === 0
        ? `Expected ${show(secret)} among ${inbox.raw().length} requests; it is in none.`
        : `Expected ${show(secret)} to stay inside; it left ${leaks.length} times, first in ${leaks[0]?.where}: ${leaks[0]?.around}`,
  };
}

function judge(
  equals: Equals,
  what: string,
  expected: Fields,
  candidates: readonly Fields[],
  others: () => string,
): Result {
  const pass = candidates.some((candidate) => matches(candidate, expected, equals));
  const wanted = Object.keys(expected).length === 0 ? what : `${what} with ${show(expected)}`;
  return {
    pass,
    message: () => {
      if (pass) return `Expected no ${wanted}, but one has arrived.`;
      const why =
        candidates.length === 0 ? `None has arrived; ${others()}.` : nearestMiss(candidates, expected, equals);
      return `Expected ${wanted}. ${why}`;
    },
  };
}

function listed(names: readonly string[]): string {
  const distinct = [...new Set(names)];
  return distinct.length === 0 ? 'nothing of the kind has' : `there are: ${distinct.slice(0, 10).join(', ')}`;
}

/** Compares as the test framework does, asymmetric matchers included. */
type Equals = (actual: unknown, expected: unknown) => boolean;

/** Whether the candidate has all the expected fields. */
function matches(candidate: Fields, expected: Fields, equals: Equals): boolean {
  return Object.keys(expected).every((name) => equals(candidate[name], expected[name]));
}

/** In one line, what sets the most similar candidate apart from what was expected. */
function nearestMiss(candidates: readonly Fields[], expected: Fields, equals: Equals): string {
  const differences = candidates.map((candidate) =>
    Object.keys(expected).filter((name) => !equals(candidate[name], expected[name])),
  );
  const nearest = differences.reduce((best, each, index) => {
    return each.length < (differences[best]?.length ?? Number.POSITIVE_INFINITY) ? index : best;
  }, 0);
  const lines = (differences[nearest] ?? []).map(
    (name) => `${name} expected ${show(expected[name])}, got ${show(candidates[nearest]?.[name])}`,
  );
  return `The nearest of ${candidates.length}: ${lines.join('; ')}.`;
}

/** A value in a message: short, and readable when it is an asymmetric matcher. */
function show(value: unknown): string {
  if (value instanceof RegExp) return String(value);
  if (typeof value === 'object' && value !== null && 'asymmetricMatch' in value) return String(value);
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 200 ? `${text.slice(0, 200)}...` : text;
}
