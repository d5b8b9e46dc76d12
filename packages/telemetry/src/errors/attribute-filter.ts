import { core } from '../instance.ts';
import { stripUrl, withoutLiterals } from '../privacy/index.ts';
import { plannedContext } from './allow-list.ts';
import { plannedPath } from './request-path.ts';
import { isSdkId } from './sdk-ids.ts';
import { sentryState } from './state.ts';

/** What the SDK and OpenTelemetry write by themselves and says nothing of a person; everything else needs a key of the plan. */
const KNOWN = new Set([
  // Which release of which service sent it, where it stands in its trace, and how it is to be read.
  ...[
    'service.name',
    'service.version',
    'sentry.release',
    'sentry.environment',
    'sentry.sdk.name',
    'sentry.sdk.version',
  ],
  ...['sentry.trace_lifecycle', 'sentry.op', 'sentry.origin', 'sentry.kind', 'sentry.source'],
  ...['sentry.segment.id', 'sentry.segment.name', 'sentry.segment.name.source', 'sentry.span.source'],
  ...['sentry.sample_rate', 'sentry.trace.parent_span_id', 'sentry.timestamp.sequence', 'sentry.exclusive_time'],
  ...['sentry.profile_id', 'sentry.profiler_id', 'sentry.replay_id', 'thread.id'],
  // Who, as `setUserContext` takes it: the id only.
  'user.id',
  // A request and its answer, by its route and size; its URL and path are reduced below.
  ...['http.request.method', 'http.method', 'http.route', 'http.response.status_code', 'http.status_code'],
  ...['http.request.body.size', 'http.response.body.size', 'http.response_content_length', 'http.request.resend_count'],
  ...['network.protocol.name', 'network.protocol.version', 'network.transport', 'server.address', 'server.port'],
  ...['url', 'url.full', 'url.path', 'url.scheme', 'http.url', 'http.target', 'error.type'],
  // A query, by its kind and its target; its text is reduced below.
  ...[
    'db.system',
    'db.system.name',
    'db.name',
    'db.namespace',
    'db.operation',
    'db.operation.name',
    'db.collection.name',
  ],
  ...['db.operation.batch.size', 'db.query.summary', 'db.query.text', 'db.statement', 'db.response.status_code'],
  // A job, by its queue.
  ...['messaging.system', 'messaging.operation.name', 'messaging.operation.type', 'messaging.destination.name'],
]);

/** Names that only the SDK and OpenTelemetry write: what is not known of them is left out without being counted. */
const THEIR_NAMES =
  /^(?:sentry|http|url|net|network|server|client|user_agent|user|db|messaging|thread|process|code|otel|state|culture|cloud|react|angular)\./;
const URLS = new Set(['url', 'url.full', 'url.path', 'http.url', 'http.target']);
const STATEMENTS = new Set(['db.query.text', 'db.statement', 'db.query.summary']);
/** Databases whose statements are SQL; of the others (a Redis key may be a credential) only the first word is kept. */
const SQL_SYSTEM = /sql|maria|sqlite|oracle|db2/i;

type Attributes = Readonly<Record<string, unknown>>;

/**
 * The attributes of a span, a log or a metric that may leave, without secrets. Takes them as they are set (`{ key: value }`) and as they are
 * sent (`{ key: { value, type } }`).
 */
export function filterAttributes(attributes: Attributes): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  for (const [key, attribute] of Object.entries(attributes)) {
    const isTyped = typeof attribute === 'object' && attribute !== null && 'value' in attribute;
    const value = isTyped ? attribute.value : attribute;
    const keep = (name: string, clean: unknown) => {
      if (clean !== undefined) kept[name] = isTyped ? { ...attribute, value: clean } : clean;
    };
    if (KNOWN.has(key)) keep(key, knownValue(key, value, attributes));
    else for (const [name, clean] of planned(key, value)) keep(name, clean);
  }
  return kept;
}

function planned(key: string, value: unknown): [string, unknown][] {
  if (THEIR_NAMES.test(key)) return [];
  const entries = Object.entries(plannedContext({ [key]: asObject(value) }));
  // A list of texts stays a list; an object was a text before.
  return entries.map(([name, clean]) => [
    name,
    typeof clean === 'object' && !Array.isArray(clean) ? JSON.stringify(clean) : clean,
  ]);
}

/** The SDK sends objects as JSON texts, in which unplanned keys would pass. */
function asObject(value: unknown): unknown {
  if (typeof value !== 'string' || !/^\s*[{[]/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return {};
  }
}

function knownValue(key: string, value: unknown, attributes: Attributes): unknown {
  const { scrubText, redact } = sentryState.scrubber;
  if (typeof value !== 'string') return redact(value);
  if (isSdkId(key, value)) return value;
  if (URLS.has(key)) return urlOf(value, attributes);
  if (STATEMENTS.has(key)) return statementOf(value, attributes);
  return core.people.personalIdUnder(key, value) ?? scrubText(value);
}

/** Of a request to us the route says which parts of the path are parameters; of one from us nothing does. */
function urlOf(url: string, attributes: Attributes): string | undefined {
  const route = textOf(attributes['http.route']);
  const plain = route === undefined ? stripUrl(url) : plannedPath(stripUrl(url), route);
  return plain === undefined ? undefined : sentryState.scrubber.scrubText(plain);
}

/** A statement without its values. */
export function statementOf(statement: string, attributes: Attributes): string {
  const system = textOf(attributes['db.system.name']) ?? textOf(attributes['db.system']) ?? '';
  if (!SQL_SYSTEM.test(system)) return sentryState.scrubber.scrubText(/^[\w.-]*/.exec(statement)?.[0] ?? '');
  return sentryState.scrubber.scrubText(withoutLiterals(statement));
}

function textOf(attribute: unknown): string | undefined {
  const value =
    typeof attribute === 'object' && attribute !== null && 'value' in attribute ? attribute.value : attribute;
  return typeof value === 'string' ? value : undefined;
}
