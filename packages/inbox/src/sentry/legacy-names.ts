import type { JsonObject } from '../store/records.ts';

/** Names of old SDKs with those that took their place. */
const CURRENT_NAMES: Readonly<Record<string, string>> = {
  'sentry.interfaces.Exception': 'exception',
  'sentry.interfaces.Message': 'logentry',
  'sentry.interfaces.Stacktrace': 'stacktrace',
  'sentry.interfaces.Template': 'template',
  'sentry.interfaces.User': 'user',
  'sentry.interfaces.Http': 'request',
  'sentry.interfaces.Contexts': 'contexts',
  'sentry.interfaces.Breadcrumbs': 'breadcrumbs',
  'sentry.interfaces.Csp': 'csp',
};

/** Renames the interfaces of old SDKs; a current name beside them wins. */
export function withCurrentNames(event: JsonObject): JsonObject {
  const names = Object.keys(event).filter((name) => Object.hasOwn(CURRENT_NAMES, name));
  if (names.length === 0) return event;
  const renamed: Record<string, unknown> = { ...event };
  for (const name of names) {
    const current = CURRENT_NAMES[name] ?? name;
    renamed[current] ??= event[name];
    delete renamed[name];
  }
  return renamed;
}
