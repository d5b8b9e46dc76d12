import Type, { Compile, type Static } from '@qr/plan/typebox';

/** More than a page's queue holds. */
const MAX_CALLS = 200;
/** Errors that one page reports; see `@qr/browser`, `eager/capture.ts`. */
const MAX_ERRORS = 30;
/** Of a context or a breadcrumb's data, as JSON. */
const MAX_DATA_LENGTH = 2000;

/** Longest texts that are taken; longer ones are cut, because a page should not lose an error to its length. */
const MAX_LENGTHS: Readonly<Record<string, number>> = {
  name: 255,
  message: 2000,
  stack: 8000,
  componentStack: 4000,
  category: 100,
  pattern: 500,
  url: 2000,
  filename: 2000,
  userId: 255,
};
/** Left out when it is no object: the call is worth more than its data. */
const DATA = new Set(['context', 'data', 'properties']);
const NESTED = new Set(['facts', 'location']);

const text = Type.String();
const anything = Type.Record(Type.String(), Type.Unknown());
/** Milliseconds since the epoch; the upper bound is the last moment of a Date. */
const at = Type.Number({ minimum: 0, maximum: 8.64e15 });
/** Without dashes, as the page draws it. */
const id = Type.String({ pattern: '^[0-9a-f]{32}$' });

const exception = Type.Object({
  kind: Type.Literal('exception'),
  at,
  eventId: id,
  /** `ThrownFacts`. */
  facts: anything,
  mechanism: Type.String({ pattern: '^[a-z_]{1,40}$' }),
  context: Type.Optional(anything),
  location: Type.Optional(anything),
});

/** How many calls the page itself has dropped. */
const drop = Type.Object({ kind: Type.Literal('dropped'), count: Type.Integer({ minimum: 0 }) });

const sentryCall = Type.Union([
  exception,
  Type.Object({
    kind: Type.Literal('breadcrumb'),
    at,
    message: text,
    category: Type.Optional(text),
    data: Type.Optional(anything),
  }),
  Type.Object({ kind: Type.Literal('user'), at, userId: Type.Optional(text) }),
  Type.Object({ kind: Type.Literal('page'), at, pattern: text, url: text }),
  drop,
]);

const mixpanelCall = Type.Union([
  Type.Object({
    kind: Type.Literal('event'),
    at,
    name: text,
    properties: Type.Optional(anything),
    traceId: Type.Optional(id),
  }),
  Type.Object({ kind: Type.Literal('identify'), at, userId: text }),
  Type.Object({ kind: Type.Literal('profile'), at, properties: anything }),
  Type.Object({ kind: Type.Literal('reset'), at }),
  drop,
]);

const calls = Type.Array(Type.Unknown());

const errorReport = Type.Object({
  calls,
  dsn: text,
  environment: Type.String({ maxLength: 64 }),
  release: Type.Optional(Type.String({ maxLength: 200 })),
  traceId: Type.Optional(id),
  url: Type.String({ maxLength: 10_000 }),
  /** Whether the user may be named. */
  isNamed: Type.Boolean(),
});

const eventReport = Type.Object({
  calls,
  token: text,
  /** What the SDK remembers of the visitor, before the calls. */
  visitor: Type.Object({ $device_id: Type.Unknown(), $user_id: Type.Optional(Type.Unknown()) }),
});

type Drop = Static<typeof drop>;

/** Calls to Sentry that no SDK has taken. */
export type ErrorReport = Static<typeof errorReport>;
/** One of its calls. */
export type SentryCall = Exclude<Static<typeof sentryCall>, Drop>;
/** One of its errors. */
export type LeftException = Static<typeof exception>;
/** Calls to Mixpanel that no SDK has taken. */
export type EventReport = Static<typeof eventReport>;
/** One of its calls. */
export type MixpanelCall = Exclude<Static<typeof mixpanelCall>, Drop>;

/** The readable calls of a report, and how many others it held. */
export interface TakenCalls<C> {
  readonly calls: readonly C[];
  /** Calls that are malformed. */
  readonly refused: number;
  /** Calls, or errors among them, beyond what one page makes. */
  readonly excess: number;
  /** Calls that the page itself has dropped. */
  readonly dropped: number;
}

const errorReports = Compile(errorReport);
const eventReports = Compile(eventReport);
const sentryCalls = Compile(sentryCall);
const mixpanelCalls = Compile(mixpanelCall);

export const isErrorReport = (value: unknown): value is ErrorReport => errorReports.Check(value);
export const isEventReport = (value: unknown): value is EventReport => eventReports.Check(value);

/** Reads the calls of an error report, each by itself: one that is malformed costs nothing but itself. */
export function sentryCallsOf({ calls }: ErrorReport): TakenCalls<SentryCall> {
  const isCall = (value: unknown): value is SentryCall | Drop => sentryCalls.Check(value);
  let errors = 0;
  return take(calls, isCall, ({ kind }) => kind !== 'exception' || ++errors <= MAX_ERRORS);
}

/** {@link sentryCallsOf} for a report of events. */
export function mixpanelCallsOf({ calls }: EventReport): TakenCalls<MixpanelCall> {
  const isCall = (value: unknown): value is MixpanelCall | Drop => mixpanelCalls.Check(value);
  return take(calls, isCall, () => true);
}

/** Cuts a text to what a field of this name may hold. */
export function cut(name: string, value: string): string {
  const maxLength = MAX_LENGTHS[name];
  return maxLength === undefined || value.length <= maxLength ? value : value.slice(0, maxLength).toWellFormed();
}

/** The number of a stranger must not spoil the statistics. */
const MAX_REPORTED_DROPS = 10_000;

function take<C extends { readonly kind: string }>(
  calls: readonly unknown[],
  isCall: (value: unknown) => value is C | Drop,
  hasRoom: (call: C) => boolean,
): TakenCalls<C> {
  const readable = calls.slice(0, MAX_CALLS).map(tidy).filter(isCall);
  const drops = readable.filter(isDrop);
  const taken = readable.filter((call): call is C => !isDrop(call) && hasRoom(call));
  const refused = Math.min(calls.length, MAX_CALLS) - readable.length;
  return {
    calls: taken,
    refused,
    excess: calls.length - refused - drops.length - taken.length,
    dropped: Math.min(
      MAX_REPORTED_DROPS,
      drops.reduce((sum, { count }) => sum + count, 0),
    ),
  };
}

function isDrop(call: { readonly kind: string }): call is Drop {
  return call.kind === 'dropped';
}

/** A call with its texts cut, numbers where texts are expected written out, and data that fits. */
function tidy(call: unknown): unknown {
  if (typeof call !== 'object' || call === null) return call;
  const tidied: Record<string, unknown> = Object.fromEntries(
    Object.entries(call).flatMap(([name, value]): [string, unknown][] => {
      if (value === null) return [];
      if (DATA.has(name)) return typeof value === 'object' ? [[name, fitting(value)]] : [];
      if (typeof value === 'string') return [[name, cut(name, value)]];
      if (typeof value === 'number' && name in MAX_LENGTHS) return [[name, String(value)]];
      return [[name, NESTED.has(name) ? tidy(value) : value]];
    }),
  );
  // Pages that were opened before a deploy say it beside the rest.
  return tidied['kind'] === 'exception' && 'message' in tidied ? { facts: tidied, ...tidied } : tidied;
}

function fitting(data: object): object {
  let left = MAX_DATA_LENGTH;
  return Object.fromEntries(
    Object.entries(data).filter(([key, value]) => {
      left -= key.length + JSON.stringify(value).length;
      return left >= 0;
    }),
  );
}
