import { plan } from '@qr/events';
import type { Breadcrumb, ErrorEvent, Event } from '@sentry/node';
import { core } from '../instance.ts';
import { createContextFilter, stripUrl } from '../privacy/index.ts';
import { contextFields } from './context-fields.ts';
import { plannedPath, routeOf } from './request-path.ts';
import { sentryState } from './state.ts';

const filterContext = createContextFilter(plan.context, (value, key) => {
  if (typeof value !== 'string') return sentryState.scrubber.redact(value);
  return (
    core.people.personalIdUnder(key, value) ??
    (JSON_TEXT.test(value) ? plannedJson(value) : sentryState.scrubber.redact(value))
  );
});

/** An object or a list that was made a text, in which unplanned keys would pass. */
const JSON_TEXT = /^\s*(?:\{\s*["}]|\[\s*[[{"])/;

function plannedJson(text: string): string {
  try {
    const [key = ''] = plan.context;
    return JSON.stringify(plannedContext({ [key]: JSON.parse(text) })[key]);
  } catch {
    // Of a text that was cut short nobody can tell the keys.
    return '[unreadable]';
  }
}

/** Constants of the code that calls; whatever else stands in such a place may be of a person. */
const IDENTIFIER = /^[\w.:/-]{1,64}$/;

/** Context, tag and attribute keys that did not leave because the plan does not list them. */
export const contextCounters = { unplanned_context: 0 };

/** The planned part of a context; the rest is counted. */
export function plannedContext(context: unknown): Record<string, unknown> {
  const { context: planned, dropped } = filterContext(context);
  contextCounters.unplanned_context += dropped.length;
  return planned;
}

/** Breadcrumb data that the SDK writes for outgoing requests. */
const HTTP_BREADCRUMB_KEYS = ['http.method', 'http.request.method', 'status_code', 'http.response.status_code'];

/** Reduces an error event to what the plan allows. Runs as `beforeSend`, and again at the last gate for what comes past it. */
export function filterErrorEvent(event: ErrorEvent): ErrorEvent {
  filterEvent(event);
  return event;
}

/** {@link filterErrorEvent} for events of every type, in place. */
export function filterEvent(event: Event): void {
  sentryState.relateFrames(event);
  if (event.user) event.user = event.user.id === undefined ? {} : { id: event.user.id };
  if (event.logentry) event.logentry = withoutParams(event.logentry);
  if (event.extra) event.extra = plannedContext(event.extra);
  if (event.tags) event.tags = plannedContext(event.tags) as NonNullable<Event['tags']>;
  if (event.contexts) event.contexts = filterContexts(event.contexts);
  if (event.breadcrumbs)
    event.breadcrumbs = event.breadcrumbs.flatMap((breadcrumb) => filterBreadcrumb(breadcrumb) ?? []);
  if (event.exception) event.exception = { values: listOf(event.exception.values).map(filterException) };
  if (event.sdk) event.sdk = pick(event.sdk, SDK_FIELDS);
  if (event.transaction_info) event.transaction_info = { source: event.transaction_info.source };
  if (event.debug_meta) event.debug_meta = { images: listOf(event.debug_meta.images).map(filterImage) };
  if (event.request) {
    const { method, url } = event.request;
    const path = url && plannedPath(stripUrl(url), routeOf(event.transaction));
    event.request = { ...(method && { method }), ...(path && { url: path }) };
  }
}

/** The values that were put into a message stand in its text, where they are searched. */
function withoutParams({ message }: NonNullable<Event['logentry']>): NonNullable<Event['logentry']> {
  return message === undefined ? {} : { message };
}

const EXCEPTION_FIELDS = ['type', 'value', 'module', 'thread_id'];
const MECHANISM_FIELDS = ['type', 'handled', 'synthetic', 'source', 'exception_id', 'parent_id', 'is_exception_group'];
/** Without the values of variables. */
const FRAME_FIELDS = [
  ...['filename', 'function', 'module', 'platform', 'lineno', 'colno', 'abs_path', 'in_app', 'debug_id'],
  ...['context_line', 'pre_context', 'post_context', 'instruction_addr', 'addr_mode', 'module_metadata'],
];

const SDK_FIELDS = ['name', 'version', 'integrations', 'packages', 'settings'];
const IMAGE_FIELDS = ['type', 'code_file', 'debug_id', 'debug_file'];

type Image = NonNullable<NonNullable<Event['debug_meta']>['images']>[number];

function filterImage(image: Image): Image {
  return pick(image, IMAGE_FIELDS) as Image;
}

type Exception = NonNullable<NonNullable<Event['exception']>['values']>[number];

function filterException(exception: Exception): Exception {
  const { mechanism, stacktrace } = exception;
  const kept: Exception = pick(exception, EXCEPTION_FIELDS);
  if (mechanism) {
    kept.mechanism = { type: 'generic', ...pick(mechanism, MECHANISM_FIELDS) };
    if (mechanism.data) kept.mechanism.data = plannedContext(mechanism.data) as NonNullable<typeof mechanism.data>;
  }
  if (stacktrace) kept.stacktrace = { frames: listOf(stacktrace.frames).map((frame) => pick(frame, FRAME_FIELDS)) };
  return kept;
}

function pick<Source extends object>(source: Source, names: readonly string[]): Partial<Source> {
  const entries = Object.entries(source ?? {}).filter(([name, value]) => names.includes(name) && value !== undefined);
  return Object.fromEntries(entries) as Partial<Source>;
}

function listOf<Item>(list: readonly Item[] | undefined): readonly Item[] {
  return Array.isArray(list) ? list : [];
}

function filterContexts(contexts: NonNullable<Event['contexts']>): NonNullable<Event['contexts']> {
  const kept: NonNullable<Event['contexts']> = {};
  for (const [name, context] of Object.entries(contexts)) {
    const fields = contextFields(name, context);
    const filtered = { ...fields.known, ...plannedContext(fields.others) };
    if (Object.keys(filtered).length > 0) kept[IDENTIFIER.test(name) ? name : 'context'] = filtered;
  }
  return kept;
}

/** Reduces a breadcrumb to what the plan allows. Runs as `beforeBreadcrumb`, and again at the last gate. */
export function filterBreadcrumb(breadcrumb: Breadcrumb): Breadcrumb | null {
  // What is printed on the console may hold anything.
  if (breadcrumb.category === 'console') return null;
  const { data, message, category, type, level, timestamp } = breadcrumb;
  return {
    ...(timestamp !== undefined && { timestamp }),
    ...(level !== undefined && { level }),
    ...(type !== undefined && IDENTIFIER.test(type) && { type }),
    ...(category !== undefined && IDENTIFIER.test(category) && { category }),
    ...(message !== undefined && { message: sentryState.scrubber.scrubText(message) }),
    ...(data && { data: breadcrumb.category === 'http' ? httpData(data) : plannedContext(data) }),
  };
}

function httpData(data: Record<string, unknown>): Record<string, unknown> {
  const kept = Object.fromEntries(
    HTTP_BREADCRUMB_KEYS.flatMap((key) => (key in data ? [[key, sentryState.scrubber.redact(data[key])]] : [])),
  );
  return typeof data['url'] === 'string' ? { ...kept, url: stripUrl(data['url']) } : kept;
}
