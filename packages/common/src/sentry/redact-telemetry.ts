import type { Envelope } from '@sentry/core';
import type { Event } from '@sentry/node';
import { warnOnce } from '../warn-once.ts';
import { filterEvent } from './allow-list.ts';
import { filterAttributes, statementOf } from './attribute-filter.ts';
import { filterProfile } from './profile-filter.ts';
import { sentryState } from './state.ts';

type Json = Record<string, unknown>;
type Item = readonly [headers: { readonly type: string }, payload: unknown];

/**
 * The last gate: whatever the SDK sends passes here and nothing can go around it, neither what is set past our functions nor what an event
 * processor adds after the hooks. The plan decides what stays, the scrubber cleans it. Never throws.
 */
export function scrubEnvelope([headers, items]: Envelope): Envelope {
  const scrubbed = (items as readonly Item[]).flatMap(([itemHeaders, payload]) => {
    const clean = scrubItem(itemHeaders.type, payload);
    return clean === undefined ? [] : [[itemHeaders, clean]];
  });
  return [scrubHeaders(headers as Json), scrubbed] as unknown as Envelope;
}

function scrubItem(type: string, payload: unknown): unknown {
  try {
    const json = asJson(payload);
    if (json) return filterItem(type, json);
  } catch {
    // A payload that refuses to be read is not sent, as one that cannot be read.
  }
  warnOnce(`A Sentry item of type "${type}" was left out: only JSON can be searched for secrets.`);
  return undefined;
}

/** Attachments and recordings are bytes. */
function asJson(payload: unknown): Json | undefined {
  const value: unknown = typeof payload === 'string' ? JSON.parse(payload) : payload;
  return typeof value === 'object' && value !== null && !ArrayBuffer.isView(value) ? (value as Json) : undefined;
}

function filterItem(type: string, payload: Json): unknown {
  if (Array.isArray(payload['items'])) return { ...payload, items: payload['items'].map(filterTelemetry) };
  if (type === 'event' || type === 'transaction' || type === 'feedback') return filterWholeEvent(payload);
  if (type === 'profile_chunk' || type === 'profile') return filterProfile(payload, redact);
  if (type === 'session' || type === 'sessions') return filterSession(payload);
  return redact(payload);
}

/** A span, a log line or a metric. */
function filterTelemetry({ attributes = {}, name, links, ...rest }: Json): unknown {
  const kept = redact(rest) as Json;
  if (typeof name === 'string') kept['name'] = nameOf(name, attributes as Json);
  if (Array.isArray(links)) kept['links'] = links.map((link: Json) => filterTelemetry(link));
  kept['attributes'] = filterAttributes(attributes as Json);
  return kept;
}

/** A query's span may be named by its statement, one of a request by its URL. */
function nameOf(name: string, attributes: Json): string {
  if ('db.system' in attributes || 'db.system.name' in attributes) return statementOf(name, attributes);
  return sentryState.scrubber.scrubText(name.replace(/[?#]\S*/g, ''));
}

const EVENT_FIELDS = [
  ...[
    'event_id',
    'type',
    'timestamp',
    'start_timestamp',
    'platform',
    'level',
    'logger',
    'server_name',
    'release',
    'dist',
  ],
  ...['environment', 'message', 'logentry', 'exception', 'fingerprint', 'transaction', 'transaction_info'],
  ...['breadcrumbs', 'request', 'user', 'contexts', 'extra', 'tags', 'sdk', 'debug_meta', 'spans'],
];

function filterWholeEvent(payload: Json): unknown {
  // What is changed in place below must not be the caller's: the SDK shares contexts between events.
  const event = redact(
    Object.fromEntries(EVENT_FIELDS.flatMap((key) => (key in payload ? [[key, payload[key]]] : []))),
  ) as Json;
  filterEvent(event as Event);
  if (Array.isArray(event['spans'])) event['spans'] = event['spans'].map(filterStaticSpan);
  return event;
}

/** A span within a transaction, as the SDK's static mode sends it. */
function filterStaticSpan({ data = {}, description, ...rest }: Json): unknown {
  const name = typeof description === 'string' ? nameOf(description, data as Json) : undefined;
  return { ...rest, ...(name !== undefined && { description: name }), data: filterAttributes(data as Json) };
}

/** Without `did`, which the SDK takes from the id, the address or the name of the user, whichever is there. */
function filterSession({ did: _did, attrs, ...rest }: Json): unknown {
  const { release, environment } = (attrs ?? {}) as Json;
  return redact({ ...rest, attrs: { release, environment } });
}

const HEADERS = ['event_id', 'sent_at', 'dsn', 'sdk'];
const TRACE_HEADERS = [
  'trace_id',
  'public_key',
  'org_id',
  'sample_rate',
  'sample_rand',
  'sampled',
  'release',
  'environment',
];

/** The trace may come from outside, with whatever its sender put into it. */
function scrubHeaders(headers: Json): Json {
  const trace = headers['trace'] as Json | undefined;
  return { ...pick(headers, HEADERS), ...(trace && { trace: { ...(redact(pick(trace, TRACE_HEADERS)) as Json) } }) };
}

function pick(source: Json, keys: readonly string[]): Json {
  return Object.fromEntries(keys.flatMap((key) => (source[key] === undefined ? [] : [[key, source[key]]])));
}

function redact(value: unknown): unknown {
  return sentryState.redactTelemetry(value);
}
