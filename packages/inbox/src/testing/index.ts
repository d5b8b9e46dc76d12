import type {} from 'vitest';
import type { InboxReader } from '../inbox-data.ts';
import type { RawRequest } from '../store/raw-log.ts';

/** Pass to `expect.extend`; then `expect(inbox).toHaveTracked('qr_created', { qr_type: 'url' })`. */
export const inboxMatchers = { toHaveTracked, toHaveIdentified, toHaveReported, toHaveTraced, toHaveLeaked };

/**
 * Names that editors complete. Fill it from your plan:
 * `declare module '@qr/inbox/testing' { interface PlannedEvents extends Record<EventName, unknown> {} }`.
 */
// biome-ignore lint/suspicious/noEmptyInterface: declaration merging fills it.
export interface PlannedEvents {}

/** Any other name is as good, for tests of unplanned events. */
type EventName = keyof PlannedEvents | (string & Record<never, never>);
type Fields = Readonly<Record<string, unknown>>;

declare module 'vitest' {
  interface Matchers<T> {
    /** At least one event of this name, with at least these properties. */
    toHaveTracked(event: EventName, properties?: Fields): T;
    /** A profile of this user, with at least these properties. */
    toHaveIdentified(userId: string, properties?: Fields): T;
    /** An error whose `Type: value` matches, with at least these fields. */
    toHaveReported(what: string | RegExp, fields?: Fields): T;
    /** A span of this name, with at least these fields. */
    toHaveTraced(name: string, fields?: Fields): T;
    /** The text is somewhere in what arrived, in any encoding. Meant for `.not`; wants `keepRaw`. */
    toHaveLeaked(secret: string | RegExp): T;
  }
}

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
function toHaveTracked(this: Matching, inbox: InboxReader, event: string, fields: Fields = {}): Result {
  const events = inbox.events();
  const candidates = events.filter((each) => each.event === event).map((each) => each.properties);
  return judge(this.equals, `event ${show(event)}`, fields, candidates, () => listed(events.map((each) => each.event)));
}

/** A profile of this user, with at least these properties. */
function toHaveIdentified(this: Matching, inbox: InboxReader, userId: string, fields: Fields = {}): Result {
  const people = inbox.profiles().filter(({ groupKey }) => groupKey === null);
  const candidates = people.filter(({ distinctId }) => distinctId === userId).map((profile) => profile.properties);
  return judge(this.equals, `profile of ${show(userId)}`, fields, candidates, () =>
    listed(people.map(({ distinctId }) => distinctId)),
  );
}

/** An error whose `Type: value` matches, with at least these fields: `level`, `service`, `userId`, `traceId` ... */
function toHaveReported(this: Matching, inbox: InboxReader, what: string | RegExp, fields: Fields = {}): Result {
  const titled = inbox.errors().map((error) => ({ ...error, title: `${error.type}: ${error.value}` }));
  const candidates = titled.filter(({ title }) => (typeof what === 'string' ? title.includes(what) : what.test(title)));
  return judge(this.equals, `error ${show(what)}`, fields, candidates, () => listed(titled.map(({ title }) => title)));
}

/** A span of this name, with at least these fields: `op`, `status`, `traceId`, `isSegment` ... */
function toHaveTraced(this: Matching, inbox: InboxReader, name: string, fields: Fields = {}): Result {
  const candidates = inbox.spans({ name }).map((span) => ({ ...span }));
  return judge(this.equals, `span ${show(name)}`, fields, candidates, () =>
    listed(inbox.spans().map((span) => span.name)),
  );
}

/**
 * The text is somewhere in what arrived: in a body, a URL, a header or a record, in any encoding. Meant for `.not`.
 * @throws when the inbox keeps no raw requests, or nothing has arrived: `.not` would then say nothing.
 */
function toHaveLeaked(this: Matching, inbox: InboxReader, secret: string | RegExp): Result {
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

/** Where a text was found that should not have left the process. */
interface Leak {
  readonly where: string;
  readonly around: string;
}

const CONTEXT_CHARACTERS = 40;
/** The key of the project travels here by design. */
const CREDENTIAL_HEADERS: ReadonlySet<string> = new Set(['authorization', 'x-sentry-auth']);

/** Looks for a text in the bytes of every request and in every stored record, through JSON, URL and base64 encoding. */
function findLeaks(inbox: InboxReader, secret: string | RegExp): Leak[] {
  const leaks: Leak[] = [];
  for (const { where, text } of everythingThatArrived(inbox)) {
    for (const form of [text, ...decodedForms(text)]) {
      const at = typeof secret === 'string' ? form.indexOf(secret) : form.search(secret);
      if (at === -1) continue;
      const around = form.slice(Math.max(0, at - CONTEXT_CHARACTERS), at + CONTEXT_CHARACTERS * 2);
      leaks.push({ where, around });
      break;
    }
  }
  return leaks;
}

function* everythingThatArrived(inbox: InboxReader): Generator<{ where: string; text: string }> {
  for (const request of inbox.raw()) {
    yield { where: `request ${request.seq} (${request.method} ${request.url.split('?')[0]})`, text: textOf(request) };
  }
  const records = [inbox.events(), inbox.errors(), inbox.spans(), inbox.logs(), inbox.items(), inbox.rejected()].flat();
  for (const record of records) yield { where: `${record.kind} ${record.id}`, text: allStrings(record).join('\n') };
}

function textOf({ url, headers, body }: RawRequest): string {
  const sent = Object.entries(headers).filter(([name]) => !CREDENTIAL_HEADERS.has(name));
  return `${url}\n${sent.map((pair) => pair.join(': ')).join('\n')}\n${body.toString('utf8')}`;
}

/** JSON may write any character as an escape, so names and values are compared as they are meant. */
function allStrings(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [String(value)];
  return Object.entries(value).flatMap(([name, each]) => [name, ...allStrings(each)]);
}

function decodedForms(text: string): string[] {
  const unescaped = text
    .replace(/(?:%[0-9a-f]{2})+/gi, (bytes) => Buffer.from(bytes.replaceAll('%', ''), 'hex').toString())
    .replace(/\\u([0-9a-f]{4})/gi, (_escape, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
  const words = unescaped.match(/[A-Za-z0-9+/_-]{24,}={0,2}/g) ?? [];
  return [unescaped, words.map((word) => Buffer.from(word, 'base64').toString('utf8')).join('\n')];
}
