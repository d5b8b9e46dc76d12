import { contextKeys } from '@qr/events';
import type { Breadcrumb, ErrorEvent } from '@sentry/node';
import { createContextFilter, redact, scrubText, stripUrl } from '../shared/index.ts';

const filterContext = createContextFilter(contextKeys);

/** Context and tag keys that did not leave because the plan does not list them. */
export const contextCounters = { unplanned_context: 0 };

/** The planned part of a context; the rest is counted. */
export function plannedContext(context: unknown): Record<string, unknown> {
  const { context: planned, dropped } = filterContext(context);
  contextCounters.unplanned_context += dropped.length;
  return planned;
}

/** Contexts that the SDK itself writes and that say nothing of a person. */
const SDK_CONTEXTS = new Set(['trace', 'runtime', 'os', 'device', 'app', 'culture', 'cloud_resource', 'response']);

/** Breadcrumb data that the SDK writes for outgoing requests. */
const HTTP_BREADCRUMB_KEYS = ['http.method', 'status_code', 'http.response.status_code'];

/** Reduces an error event to what the plan allows. Runs as `beforeSend`. */
export function filterErrorEvent(event: ErrorEvent): ErrorEvent {
  if (event.user) event.user = event.user.id === undefined ? {} : { id: event.user.id };
  if (event.extra) event.extra = plannedContext(event.extra);
  if (event.tags) event.tags = plannedContext(event.tags) as NonNullable<ErrorEvent['tags']>;
  if (event.contexts) {
    for (const [name, context] of Object.entries(event.contexts)) {
      if (!SDK_CONTEXTS.has(name)) event.contexts[name] = plannedContext(context);
    }
  }
  if (event.request) {
    const { method, url } = event.request;
    event.request = { ...(method && { method }), ...(url && { url: stripUrl(url) }) };
  }
  return event;
}

/** Reduces a breadcrumb to what the plan allows. Runs as `beforeBreadcrumb`. */
export function filterBreadcrumb(breadcrumb: Breadcrumb): Breadcrumb | null {
  // What is printed on the console may hold anything.
  if (breadcrumb.category === 'console') return null;
  const { data, message, ...rest } = breadcrumb;
  return {
    ...rest,
    ...(message !== undefined && { message: scrubText(message) }),
    ...(data && { data: breadcrumb.category === 'http' ? httpData(data) : plannedContext(data) }),
  };
}

function httpData(data: Record<string, unknown>): Record<string, unknown> {
  const kept = Object.fromEntries(
    HTTP_BREADCRUMB_KEYS.flatMap((key) => (key in data ? [[key, redact(data[key])]] : [])),
  );
  return typeof data['url'] === 'string' ? { ...kept, url: stripUrl(data['url']) } : kept;
}
