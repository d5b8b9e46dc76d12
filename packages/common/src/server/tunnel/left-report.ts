import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';

const text = (maxLength: number) => Type.String({ maxLength });
const optional = (maxLength: number) => Type.Optional(text(maxLength));
const anything = Type.Record(Type.String(), Type.Unknown());
/** Milliseconds since the epoch. */
const at = Type.Number({ minimum: 0 });
/** Without dashes, as the page draws it. */
const id = Type.String({ pattern: '^[0-9a-f]{32}$' });
/** More than a page's queue holds. */
const MAX_CALLS = 200;

const exception = Type.Object({
  kind: Type.Literal('exception'),
  at,
  eventId: id,
  name: text(200),
  message: text(10_000),
  stack: optional(20_000),
  mechanism: Type.String({ pattern: '^[a-z_]{1,40}$' }),
  context: Type.Optional(anything),
  location: Type.Optional(Type.Object({ filename: text(2000), lineno: Type.Number(), colno: Type.Number() })),
  componentStack: optional(20_000),
});

const sentryCall = Type.Union([
  exception,
  Type.Object({ kind: Type.Literal('breadcrumb'), at, message: text(2000), category: optional(100), data: anything }),
  Type.Object({ kind: Type.Literal('user'), at, userId: optional(255) }),
  Type.Object({ kind: Type.Literal('page'), at, pattern: text(500), url: text(2000) }),
]);

const errorReport = Type.Object({
  dsn: text(500),
  environment: text(64),
  release: optional(200),
  traceId: Type.Optional(id),
  url: text(2000),
  /** Whether the user may be named. */
  isNamed: Type.Boolean(),
  calls: Type.Array(sentryCall, { maxItems: MAX_CALLS }),
});

const mixpanelCall = Type.Union([
  Type.Object({ kind: Type.Literal('event'), at, name: text(255), properties: anything, traceId: Type.Optional(id) }),
  Type.Object({ kind: Type.Literal('identify'), at, userId: text(255) }),
  Type.Object({ kind: Type.Literal('profile'), at, properties: anything }),
  Type.Object({ kind: Type.Literal('reset'), at }),
]);

const eventReport = Type.Object({
  token: text(200),
  /** What the SDK remembers of the visitor, before the calls. */
  visitor: Type.Object({ $device_id: text(255), $user_id: optional(255) }),
  calls: Type.Array(mixpanelCall, { maxItems: MAX_CALLS }),
});

/** Calls to Sentry that no SDK has taken. */
export type ErrorReport = Static<typeof errorReport>;
/** One of its errors. */
export type LeftException = Static<typeof exception>;
/** Calls to Mixpanel that no SDK has taken. */
export type EventReport = Static<typeof eventReport>;

const errors = Compile(errorReport);
const events = Compile(eventReport);

export const isErrorReport = (value: unknown): value is ErrorReport => errors.Check(value);
export const isEventReport = (value: unknown): value is EventReport => events.Check(value);
