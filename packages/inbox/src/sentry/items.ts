import { randomUUID } from 'node:crypto';
import { parseJson, parseObject, readUtf8 } from '../http/parse-json.ts';
import { ownEntry } from '../own-entry.ts';
import { isJsonObject, type JsonObject, type NewRecord } from '../store/records.ts';
import { compositionProblem, isContainer, LIMITS, malformed, payloadProblem, type Refusal } from './composition.ts';
import type { Envelope, EnvelopeItem } from './envelope.ts';
import { listAt, objectAt, textAt } from './fields.ts';
import {
  type Context,
  errorRecord,
  itemRecord,
  logRecord,
  spanRecord,
  streamedSpanRecord,
  transactionRecords,
} from './make-records.ts';
import { securityEvents } from './security-reports.ts';

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
