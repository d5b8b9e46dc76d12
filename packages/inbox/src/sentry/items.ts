import { randomUUID } from 'node:crypto';
import { ownEntry } from '../collections.ts';
import { parseJson, parseObject, readUtf8 } from '../http/parse-json.ts';
import { isJsonObject, type JsonObject, type NewRecord } from '../store/records.ts';
import { compositionProblem, isContainer, LIMITS, malformed, payloadProblem, type Refusal } from './composition.ts';
import type { Envelope, EnvelopeItem } from './envelope.ts';
import { listAt, objectAt, plainAttributes, textAt, timeMsAt } from './fields.ts';
import { issueIdOf, mainException } from './grouping.ts';
import { messageOf, normalizeEvent } from './normalize-event.ts';
import { securityEvents } from './other-bodies.ts';

/** What an envelope holds for the store, or why it is refused. */
type Unpacked =
  | { readonly ok: true; readonly eventId: string | undefined; readonly records: readonly NewRecord[] }
  | { readonly ok: false; readonly refusal: Refusal };

type MakeRecords = (payload: JsonObject, context: Context, item: EnvelopeItem) => NewRecord[];

const MAKE: Readonly<Record<string, MakeRecords>> = {
  event: (payload, context) => [errorRecord(payload, context)],
  transaction: transactionRecords,
  span: (payload, context, { headers }) =>
    isContainer(headers)
      ? listAt(payload, 'items').map((span) => streamedSpanRecord(span, context))
      : [spanRecord(payload, context)],
  log: (payload, context) => listAt(payload, 'items').map((log) => logRecord(log, context)),
};

/** Kept whole as a counted item: nothing in the inbox looks inside yet, but a test or a person may. */
const KEPT_TYPES: ReadonlySet<string> = new Set([
  ...['trace_metric', 'metric', 'statsd', 'session', 'sessions', 'client_report', 'check_in', 'attachment'],
  ...['replay_event', 'replay_recording', 'replay_video', 'profile', 'profile_chunk', 'feedback', 'user_report'],
]);

/** A browser sends a few at a time. */
const MAX_REPORTS = 100;

/** Turns the items of an envelope into records. Unknown types are passed over, as the vendor does. */
export function unpackEnvelope({ headers, items }: Envelope, project: string, now: number): Unpacked {
  const problem = compositionProblem(items);
  if (problem !== undefined) return { ok: false, refusal: problem };
  const traceId = textAt(objectAt(headers, 'trace'), 'trace_id');
  const records: NewRecord[] = [];
  let leftToRead: number = LIMITS.readBytesInAll;
  let eventId = textAt(headers, 'event_id')?.replaceAll('-', '');
  for (const item of items) {
    const context = { project, now, eventId: eventId ?? '', traceId };
    if (item.type === 'raw_security') {
      records.push(...reportRecords(item, context));
      continue;
    }
    const make = ownEntry(MAKE, item.type);
    // The types above have limits of their own, a metrics container among them.
    const isBounded = make !== undefined || item.type === 'trace_metric' || item.type === 'sessions';
    const isRead =
      isBounded || (KEPT_TYPES.has(item.type) && item.payload.length <= Math.min(LIMITS.readBytes, leftToRead));
    if (isRead && !isBounded) leftToRead -= item.payload.length;
    const payload = isRead ? parseObject(item.payload) : undefined;
    if (make !== undefined && payload === undefined) {
      return { ok: false, refusal: malformed(`invalid JSON in '${item.type}'`) };
    }
    const inside = payload && payloadProblem(item, payload);
    if (inside !== undefined) return { ok: false, refusal: inside };
    // The vendor makes an id up for an event that has none; that of the envelope wins over the payload's.
    if (item.type === 'event' || item.type === 'transaction') {
      eventId ??= textAt(payload ?? {}, 'event_id')?.replaceAll('-', '') ?? newEventId();
      context.eventId = eventId;
    }
    if (make !== undefined) records.push(...make(payload ?? {}, context, item));
    else if (KEPT_TYPES.has(item.type)) records.push(itemRecord(item, payload, context));
  }
  return { ok: true, eventId, records };
}

function newEventId(): string {
  return randomUUID().replaceAll('-', '');
}

/** Makes the records of a browser's reports: errors of security policies, items of the network error log. */
function reportRecords({ headers, payload }: EnvelopeItem, context: Context): NewRecord[] {
  const body = parsed(payload);
  if (body === undefined) return [rejection('must be JSON', null, context)];
  const reports: readonly unknown[] = Array.isArray(body) ? body : [body];
  if (reports.length > MAX_REPORTS) {
    return [rejection(`must hold at most ${MAX_REPORTS} reports`, null, context)];
  }
  const known = reports.filter(isJsonObject);
  const common = { release: textAt(headers, 'sentry_release'), environment: textAt(headers, 'sentry_environment') };
  const errors = known
    .flatMap(securityEvents)
    .map((event) => errorRecord({ ...common, ...event }, { ...context, eventId: newEventId() }));
  const networkErrors = known.filter(({ type }) => type === 'network-error');
  const items = networkErrors.map((report) => networkErrorItem(report, context));
  if (items.length + errors.length > 0) return [...errors, ...items];
  return [rejection('holds no report of a kind that is known', body, context)];
}

function networkErrorItem(payload: JsonObject, { project, now }: Context): NewRecord {
  const bytes = Buffer.byteLength(JSON.stringify(payload));
  return { kind: 'item', receivedAt: now, project, type: 'nel', bytes, traceId: null, payload };
}

/** The vendor answers 200 and drops what it cannot read. */
function rejection(problem: string, record: unknown, { now }: Context): NewRecord {
  const message = `the body ${problem}`;
  return { kind: 'rejected', receivedAt: now, endpoint: 'security', field: 'body', message, record };
}

/** Undefined for what is no JSON; `null` is JSON. */
function parsed(payload: Buffer): unknown {
  try {
    return parseJson(readUtf8(payload) ?? '');
  } catch {
    return undefined;
  }
}

/** What the records of one envelope share. */
interface Context {
  readonly project: string;
  readonly now: number;
  readonly eventId: string;
  readonly traceId: string | null;
}

type NewSpan = Extract<NewRecord, { kind: 'span' }>;

/** What the vendor calls an event that says nothing. */
const UNLABELED = '<unlabeled event>';

/** Makes the record of an `event` item. */
function errorRecord(sent: JsonObject, { eventId, project, now }: Context): NewRecord {
  const event = normalizeEvent(sent);
  const exception = mainException(event) ?? {};
  const type = textAt(exception, 'type');
  const value = textAt(exception, 'value') ?? messageOf(event, 'formatted');
  return {
    ...{ kind: 'error', receivedAt: now, project, eventId, issueId: issueIdOf(event) },
    time: timeMsAt(event, 'timestamp') ?? now,
    // Version 11 of the SDK gives a message a stack too, as an exception without a type.
    type: type ?? 'Message',
    value: type === null && value === '' ? UNLABELED : value,
    level: textAt(event, 'level') ?? 'error',
    ...senderOf(event),
    traceId: textAt(objectAt(objectAt(event, 'contexts'), 'trace'), 'trace_id'),
    event,
  };
}

/**
 * The `service` tag, else the name of the machine; and the id of the user, else the name or address that SDKs send when
 * they have no id.
 */
function senderOf(event: JsonObject): { service: string | null; userId: string | null } {
  const user = objectAt(event, 'user');
  return {
    service: textAt(objectAt(event, 'tags'), 'service') ?? textAt(event, 'server_name'),
    userId: textAt(user, 'id') ?? textAt(user, 'username') ?? textAt(user, 'email'),
  };
}

/** Makes the record of one span of a streamed container. */
function streamedSpanRecord(span: JsonObject, context: Context): NewRecord {
  const attributes = plainAttributes(objectAt(span, 'attributes'));
  return {
    ...spanBase(span, 'end_timestamp', context),
    name: textAt(span, 'name') ?? '',
    op: textAt(attributes, 'sentry.op'),
    isSegment: span['is_segment'] === true,
    // Not `server.address`: on the span of an outgoing request that is whom it asked.
    service: textAt(attributes, 'service.name') ?? textAt(attributes, 'service'),
    userId: textAt(attributes, 'user.id'),
    attributes,
  };
}

/** Makes the records of a transaction: its root span, then the children. */
function transactionRecords(sent: JsonObject, context: Context): NewRecord[] {
  const transaction = normalizeEvent(sent);
  const trace = objectAt(objectAt(transaction, 'contexts'), 'trace');
  const sender = senderOf(transaction);
  const root: JsonObject = { ...transaction, ...trace, description: transaction['transaction'] };
  return [
    { ...spanRecord(root, context), ...sender, isSegment: true },
    ...listAt(transaction, 'spans').map((span) => ({ ...spanRecord(span, context), ...sender })),
  ];
}

/** Makes the record of a span in the older form, where `data` holds the attributes. */
function spanRecord(span: JsonObject, context: Context): NewSpan {
  const attributes = objectAt(span, 'data');
  return {
    ...spanBase(span, 'timestamp', context),
    name: textAt(span, 'description') ?? '',
    op: textAt(span, 'op'),
    isSegment: false,
    service: null,
    userId: textAt(attributes, 'user.id'),
    attributes,
  };
}

/** What both forms of a span name alike. */
function spanBase(
  span: JsonObject,
  endKey: string,
  { project, now }: Context,
): Omit<NewSpan, 'name' | 'op' | 'isSegment' | 'service' | 'userId' | 'attributes'> {
  const time = timeMsAt(span, 'start_timestamp') ?? now;
  // Whole microseconds: finer digits of a float of seconds are noise.
  const durationMs = Math.max(0, Math.round(((timeMsAt(span, endKey) ?? time) - time) * 1000) / 1000);
  return {
    ...{ kind: 'span', receivedAt: now, project, time, durationMs },
    traceId: textAt(span, 'trace_id') ?? '',
    spanId: textAt(span, 'span_id') ?? '',
    parentSpanId: textAt(span, 'parent_span_id'),
    status: textAt(span, 'status') ?? 'ok',
  };
}

function logRecord(log: JsonObject, { project, now }: Context): NewRecord {
  const attributes = plainAttributes(objectAt(log, 'attributes'));
  return {
    ...{ kind: 'log', receivedAt: now, project, attributes },
    level: textAt(log, 'level') ?? 'info',
    body: textAt(log, 'body') ?? '',
    time: timeMsAt(log, 'timestamp') ?? now,
    traceId: textAt(log, 'trace_id'),
    userId: textAt(attributes, 'user.id'),
  };
}

/** Makes the record of an item that is only kept; `payload` is undefined when nobody looked into it. */
function itemRecord(
  { type, payload: { length: bytes } }: EnvelopeItem,
  payload: JsonObject | undefined,
  { project, now, traceId }: Context,
): NewRecord {
  return { kind: 'item', receivedAt: now, project, type, bytes, traceId, payload: payload ?? null };
}
