import { contextKeys } from '@qr/events';
import type { Breadcrumb, ErrorEvent, Event } from '@sentry/node';
import { createContextFilter, stripUrl } from '../shared/index.ts';
import { contextFields } from './context-fields.ts';
import { plannedPath, routeOf } from './request-path.ts';
import { applicationRoot, createRelativeFrames } from './stack-frames.ts';
import { sentryState } from './state.ts';

const filterContext = createContextFilter(contextKeys, (value) => sentryState.scrubber.redact(value));

const relateFrames = createRelativeFrames(applicationRoot(process.cwd()));

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
  relateFrames(event);
  if (event.user) event.user = event.user.id === undefined ? {} : { id: event.user.id };
  if (event.extra) event.extra = plannedContext(event.extra);
  if (event.tags) event.tags = plannedContext(event.tags) as NonNullable<Event['tags']>;
  if (event.contexts) event.contexts = filterContexts(event.contexts);
  if (event.breadcrumbs)
    event.breadcrumbs = event.breadcrumbs.flatMap((breadcrumb) => filterBreadcrumb(breadcrumb) ?? []);
  for (const { mechanism, stacktrace } of event.exception?.values ?? []) {
    if (mechanism?.data) mechanism.data = plannedContext(mechanism.data) as NonNullable<typeof mechanism.data>;
    for (const frame of stacktrace?.frames ?? []) delete frame.vars;
  }
  if (event.request) {
    const { method, url } = event.request;
    const path = url && plannedPath(stripUrl(url), routeOf(event.transaction));
    event.request = { ...(method && { method }), ...(path && { url: path }) };
  }
}

function filterContexts(contexts: NonNullable<Event['contexts']>): NonNullable<Event['contexts']> {
  const kept: NonNullable<Event['contexts']> = {};
  for (const [name, context] of Object.entries(contexts)) {
    const fields = contextFields(name, context);
    const filtered = { ...fields.known, ...plannedContext(fields.others) };
    if (Object.keys(filtered).length > 0) kept[name] = filtered;
  }
  return kept;
}

/** Reduces a breadcrumb to what the plan allows. Runs as `beforeBreadcrumb`, and again at the last gate. */
export function filterBreadcrumb(breadcrumb: Breadcrumb): Breadcrumb | null {
  // What is printed on the console may hold anything.
  if (breadcrumb.category === 'console') return null;
  const { data, message, ...rest } = breadcrumb;
  return {
    ...rest,
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
