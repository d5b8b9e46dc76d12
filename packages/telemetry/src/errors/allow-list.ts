import type { Breadcrumb } from '@sentry/node';
import type { Core } from '../core.ts';
import { createContextFilter, type Scrubber, stripUrl, withoutLiterals } from '../privacy/index.ts';

type Attributes = Readonly<Record<string, unknown>>;

/** Decides by the plan what may leave with an error, a span or a log line. */
export interface AllowList {
  /** Returns the planned part of a context, without secrets; the rest is counted. */
  plannedContext(context: unknown): Record<string, unknown>;
  /** Returns a context of an event: fields of the SDK by its name, and planned ones; `undefined` when nothing is left. */
  contextOf(name: string, context: unknown): Record<string, unknown> | undefined;
  /** Reduces a breadcrumb to planned data; `null` for one that must not leave. */
  breadcrumbOf(breadcrumb: Breadcrumb): Breadcrumb | null;
  /**
   * Returns the path of a request with its parameters, where they are ids: planned ones (`qr_id` for `:qrId`) as they are, others when they are a short
   * number or a UUID. Anything else in a path, such as a token or a name, appears as the parameter's name.
   *
   * @param path without a query; may begin with an origin.
   * @param route the pattern, such as `/codes/:id`. Without one nothing of the path is kept.
   */
  pathOf(path: string, route: string | undefined): string | undefined;
  /**
   * Returns the attributes of a span, a log or a metric that may leave, without secrets. Accepts them as they are set (`{ key: value }`) and as they
   * are sent (`{ key: { value, type } }`).
   */
  attributesOf(attributes: Attributes): Record<string, unknown>;
  /** Returns a statement without its values. */
  statementOf(statement: string, attributes: Attributes): string;
}

export function createAllowList(
  { plan, people }: Pick<Core, 'plan' | 'people'>,
  { scrubText, redact }: Scrubber,
  counters: { unplanned_context: number },
): AllowList {
  const filterContext = createContextFilter(plan.context, (value, key) => {
    if (typeof value !== 'string') return redact(value);
    return people.personalIdUnder(key, value) ?? (JSON_TEXT.test(value) ? plannedJson(value) : redact(value));
  });
  const plannedIds = new Set(plan.context.filter((key) => key.endsWith('_id')).map(withoutSeparators));
  /** Routes repeat. A route comes from the code, but names of a service's own may pass as one, so the number is bounded. */
  const segments = new Map<string, readonly Segment[]>();

  function plannedContext(context: unknown): Record<string, unknown> {
    const { context: planned, dropped } = filterContext(context);
    counters.unplanned_context += dropped.length;
    return planned;
  }

  function plannedJson(text: string): string {
    try {
      const [key = ''] = plan.context;
      return JSON.stringify(plannedContext({ [key]: JSON.parse(text) })[key]);
    } catch {
      // The keys of a text that was cut short are unknown.
      return '[unreadable]';
    }
  }

  function contextOf(name: string, context: unknown): Record<string, unknown> | undefined {
    const known: Record<string, unknown> = {};
    const others: Record<string, unknown> = {};
    const fields = Object.hasOwn(CONTEXT_FIELDS, name) ? (CONTEXT_FIELDS[name] ?? []) : [];
    for (const [key, value] of Object.entries(context ?? {})) {
      if (fields.includes(key)) known[key] = flat(value);
      // The attributes of the span, which the span itself carries.
      else if (name !== 'trace' || key !== 'data') others[key] = value;
    }
    const kept = { ...known, ...plannedContext(others) };
    return Object.keys(kept).length > 0 ? kept : undefined;
  }

  function breadcrumbOf({ data, message, category, type, level, timestamp }: Breadcrumb): Breadcrumb | null {
    // A line of the console may hold anything.
    if (category === 'console') return null;
    return {
      ...(timestamp !== undefined && { timestamp }),
      ...(level !== undefined && { level }),
      ...(type !== undefined && isIdentifier(type) && { type }),
      ...(category !== undefined && isIdentifier(category) && { category }),
      ...(message !== undefined && { message: scrubText(message) }),
      ...(data && { data: category === 'http' ? httpData(data) : plannedContext(data) }),
    };
  }

  function httpData(data: Record<string, unknown>): Record<string, unknown> {
    const kept = HTTP_BREADCRUMB_KEYS.flatMap((key) => (key in data ? [[key, redact(data[key])]] : []));
    const url = typeof data['url'] === 'string' ? { url: stripUrl(data['url']) } : {};
    return { ...Object.fromEntries(kept), ...url };
  }

  function pathOf(path: string, route: string | undefined): string | undefined {
    if (!route) return undefined;
    const origin = ORIGIN.exec(path)?.[0] ?? '';
    const parts = path.slice(origin.length).split('/');
    let planned = origin;
    for (const [at, { pattern, shown }] of segmentsOf(route).entries()) {
      const part = parts[at] ?? '';
      planned += (at === 0 ? '' : '/') + (shown?.test(part) ? part : pattern);
    }
    return planned;
  }

  function segmentsOf(route: string): readonly Segment[] {
    let known = segments.get(route);
    if (known === undefined) {
      known = route.split('/').map((pattern) => ({ pattern, shown: shownAt(pattern) }));
      if (segments.size >= MAX_REMEMBERED_ROUTES) segments.clear();
      segments.set(route, known);
    }
    return known;
  }

  function shownAt(pattern: string): RegExp | undefined {
    const name = PARAMETER.exec(pattern)?.[1];
    if (name === undefined || !/id$/i.test(name)) return undefined;
    return plannedIds.has(withoutSeparators(name)) ? PLAIN_ID : NUMBER_OR_UUID;
  }

  function attributesOf(attributes: Attributes): Record<string, unknown> {
    const kept: Record<string, unknown> = {};
    for (const [key, attribute] of Object.entries(attributes)) {
      const isTyped = typeof attribute === 'object' && attribute !== null && 'value' in attribute;
      const value = isTyped ? attribute.value : attribute;
      const keep = (name: string, clean: unknown) => {
        if (clean !== undefined) kept[name] = isTyped ? { ...attribute, value: clean } : clean;
      };
      if (KNOWN_ATTRIBUTES.has(key)) keep(key, knownValue(key, value, attributes));
      else for (const [name, clean] of plannedAttribute(key, value)) keep(name, clean);
    }
    return kept;
  }

  function plannedAttribute(key: string, value: unknown): [string, unknown][] {
    if (THEIR_NAMES.test(key)) return [];
    const entries = Object.entries(plannedContext({ [key]: asObject(value) }));
    // A list of texts stays a list; an object was a text before.
    return entries.map(([name, clean]) => [
      name,
      typeof clean === 'object' && !Array.isArray(clean) ? JSON.stringify(clean) : clean,
    ]);
  }

  function knownValue(key: string, value: unknown, attributes: Attributes): unknown {
    if (typeof value !== 'string') return redact(value);
    if (isSdkId(key, value)) return value;
    if (URLS.has(key)) return urlOf(value, attributes);
    if (STATEMENTS.has(key)) return statementOf(value, attributes);
    return people.personalIdUnder(key, value) ?? scrubText(value);
  }

  /** The route of an incoming request says which parts of the path are parameters; an outgoing request has none. */
  function urlOf(url: string, attributes: Attributes): string | undefined {
    const route = textOf(attributes['http.route']);
    const plain = route === undefined ? stripUrl(url) : pathOf(stripUrl(url), route);
    return plain === undefined ? undefined : scrubText(plain);
  }

  function statementOf(statement: string, attributes: Attributes): string {
    const system = textOf(attributes['db.system.name']) ?? textOf(attributes['db.system']) ?? '';
    return scrubText(SQL_SYSTEM.test(system) ? withoutLiterals(statement) : (/^[\w.-]*/.exec(statement)?.[0] ?? ''));
  }

  return { plannedContext, contextOf, breadcrumbOf, pathOf, attributesOf, statementOf };
}

/** Whether a text can be a constant of the calling code; any other may be personal. */
export function isIdentifier(text: string): boolean {
  return /^[\w.:/-]{1,64}$/.test(text);
}

/** Returns the pattern in the name of a request, such as `GET /codes/:id`; `undefined` for other names. */
export function routeOf(name: string | undefined): string | undefined {
  return /^[A-Z]{3,10} (\/.*)$/.exec(name ?? '')?.[1];
}

/** Whether a text is an id that the SDK draws: random hexadecimal, of which one in some thousand would pass for a card number. */
export function isSdkId(key: string, text: string): boolean {
  return SDK_ID.test(text) && SDK_ID_KEY.test(key);
}

const SDK_ID_KEY =
  /(?:^|[_.])(?:trace|span|event|segment|chunk|profile|profiler|replay|check_in|debug|error)[_.]id$|^s?id$|^ids$/;
const SDK_ID = /^(?:[0-9a-f]{16}|[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/** An object or a list that was made a text, in which unplanned keys would pass. */
const JSON_TEXT = /^\s*(?:\{\s*["}]|\[\s*[[{"])/;

/** Breadcrumb data that the SDK writes for outgoing requests. */
const HTTP_BREADCRUMB_KEYS = ['http.method', 'http.request.method', 'status_code', 'http.response.status_code'];

/** Contexts of the SDK and of this library, with their fields that are never personal. */
const CONTEXT_FIELDS: Readonly<Record<string, readonly string[]>> = {
  trace: ['trace_id', 'span_id', 'parent_span_id', 'op', 'status', 'origin'],
  profile: ['profile_id', 'profiler_id'],
  runtime: ['name', 'version'],
  // Of a page, by the tunnel.
  browser: ['name', 'version'],
  os: ['name', 'version', 'kernel_version', 'build'],
  device: [
    ...['arch', 'boot_time', 'memory_size', 'free_memory', 'processor_count', 'processor_frequency'],
    'cpu_description',
  ],
  app: ['app_start_time', 'app_memory', 'free_memory'],
  culture: ['locale', 'timezone'],
  cloud_resource: ['cloud.provider', 'cloud.platform', 'cloud.region', 'cloud.availability_zone'],
  response: ['status_code', 'body_size'],
  // Of the error budget.
  suppressed: ['count', 'ids', 'summary'],
};

/** None of these fields holds an object. */
function flat(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((item) => typeof item === 'string');
  return typeof value === 'object' ? undefined : value;
}

/** A part of a route, and what the part of a path in its place must look like to be shown. */
interface Segment {
  readonly pattern: string;
  readonly shown: RegExp | undefined;
}

const ORIGIN = /^[a-z]{1,10}:\/\/[^/]*/i;
const PARAMETER = /^:(\w+)(?:\(.*\))?\??$/;
const PLAIN_ID = /^[\w-]{1,64}$/;
const NUMBER_OR_UUID = /^(?:\d{1,8}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i;
const MAX_REMEMBERED_ROUTES = 1000;

function withoutSeparators(name: string): string {
  return name.replaceAll('_', '').toLowerCase();
}

/** Attributes of the SDK and OpenTelemetry that are never personal; every other one needs a key of the plan. */
const KNOWN_ATTRIBUTES = new Set([
  // Release and service of the sender, the place in the trace, and the kind of the data.
  ...['service.name', 'service.version', 'sentry.release', 'sentry.environment', 'sentry.sdk.name'],
  ...['sentry.sdk.version', 'sentry.trace_lifecycle', 'sentry.op', 'sentry.origin', 'sentry.kind', 'sentry.source'],
  ...['sentry.segment.id', 'sentry.segment.name', 'sentry.segment.name.source', 'sentry.span.source'],
  ...['sentry.sample_rate', 'sentry.trace.parent_span_id', 'sentry.timestamp.sequence', 'sentry.exclusive_time'],
  ...['sentry.profile_id', 'sentry.profiler_id', 'sentry.replay_id', 'thread.id'],
  // The user as `setUserContext` accepts it: the id only.
  'user.id',
  // A request and its answer, by route and size; its URL and path are reduced below.
  ...['http.request.method', 'http.method', 'http.route', 'http.response.status_code', 'http.status_code'],
  ...['http.request.body.size', 'http.response.body.size', 'http.response_content_length', 'http.request.resend_count'],
  ...['network.protocol.name', 'network.protocol.version', 'network.transport', 'server.address', 'server.port'],
  ...['url', 'url.full', 'url.path', 'url.scheme', 'http.url', 'http.target', 'error.type'],
  // A query, by kind and target; its text is reduced below.
  ...['db.system', 'db.system.name', 'db.name', 'db.namespace', 'db.operation', 'db.operation.name'],
  ...['db.collection.name', 'db.operation.batch.size', 'db.query.summary', 'db.query.text', 'db.statement'],
  'db.response.status_code',
  // A job, by its queue.
  ...['messaging.system', 'messaging.operation.name', 'messaging.operation.type', 'messaging.destination.name'],
]);

/** Names that only the SDK and OpenTelemetry write: unknown ones are left out without being counted. */
const THEIR_NAMES =
  /^(?:sentry|http|url|net|network|server|client|user_agent|user|db|messaging|thread|process|code|otel|state|culture|cloud|react|angular)\./;
const URLS = new Set(['url', 'url.full', 'url.path', 'http.url', 'http.target']);
const STATEMENTS = new Set(['db.query.text', 'db.statement', 'db.query.summary']);
/** Databases whose statements are SQL; of the others (a Redis key may be a credential) only the first word is kept. */
const SQL_SYSTEM = /sql|maria|sqlite|oracle|db2/i;

/** The SDK sends objects as JSON texts, in which unplanned keys would pass. */
function asObject(value: unknown): unknown {
  if (typeof value !== 'string' || !/^\s*[{[]/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return {};
  }
}

function textOf(attribute: unknown): string | undefined {
  const value =
    typeof attribute === 'object' && attribute !== null && 'value' in attribute ? attribute.value : attribute;
  return typeof value === 'string' ? value : undefined;
}
