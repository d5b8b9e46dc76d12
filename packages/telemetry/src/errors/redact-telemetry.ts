import type { Envelope } from '@sentry/core';
import type { Breadcrumb, Event } from '@sentry/node';
import { core } from '../instance.ts';
import { filterBreadcrumb, filterEvent } from './allow-list.ts';
import { filterAttributes, statementOf } from './attribute-filter.ts';
import { fittingBreadcrumbs, fittingExceptions, fittingValue } from './event-size.ts';
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
  core.warnOnce(`A Sentry item of type "${type}" was left out: only JSON can be searched for secrets.`);
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
  // Scrubbed first: what is stripped may be the sign between a label and its secret.
  return sentryState.scrubber.scrubText(name).replace(/[?#]\S*/g, '');
}

/** Everything else that an event may have is cleaned and limited by itself, so that no large part of it uses up what others need. */
const EVENT_FIELDS = [
  ...['event_id', 'type', 'timestamp', 'start_timestamp', 'platform', 'level', 'logger', 'server_name', 'release'],
  ...['dist', 'environment', 'message', 'logentry', 'fingerprint', 'transaction', 'transaction_info'],
  ...['request', 'user', 'contexts', 'extra', 'tags', 'sdk'],
];

function filterWholeEvent(payload: Json): unknown {
  const event: Json = {};
  for (const field of EVENT_FIELDS) {
    if (payload[field] !== undefined) event[field] = fittingValue(redactField(field, payload[field]));
  }
  const { values } = (payload['exception'] ?? {}) as { readonly values?: unknown };
  if (Array.isArray(values)) event['exception'] = { values: fittingExceptions(values, redact) };
  // What ties the frames of a built page to its source maps: one entry for each file, and no text of a person.
  if (payload['debug_meta'] !== undefined) event['debug_meta'] = redact(payload['debug_meta']);
  filterEvent(event as Event);
  // Cleaned here and not above: once is enough.
  if (Array.isArray(payload['breadcrumbs'])) {
    event['breadcrumbs'] = fittingBreadcrumbs(payload['breadcrumbs'], cleanBreadcrumb);
  }
  if (Array.isArray(payload['spans'])) event['spans'] = (redact(payload['spans']) as Json[]).map(filterStaticSpan);
  return event;
}

/** The names of keys decide what is secret. */
function redactField(field: string, value: unknown): unknown {
  return (redact({ [field]: value }) as Json)[field];
}

function cleanBreadcrumb(breadcrumb: unknown): Breadcrumb | null {
  if (typeof breadcrumb !== 'object' || breadcrumb === null) return null;
  const { message, data, ...rest } = breadcrumb as Breadcrumb;
  return filterBreadcrumb({
    ...(redact(rest) as Breadcrumb),
    ...(message !== undefined && { message: String(message) }),
    ...(typeof data === 'object' && data !== null && { data }),
  });
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
