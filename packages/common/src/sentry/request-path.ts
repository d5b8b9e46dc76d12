import { contextKeys } from '@qr/events';

const PLANNED_IDS = new Set(contextKeys.filter((key) => key.endsWith('_id')).map(withoutSeparators));
const PARAMETER = /^:(\w+)(?:\(.*\))?\??$/;
const PLAIN_ID = /^[\w-]{1,64}$/;
const NUMBER_OR_UUID = /^(?:\d{1,8}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i;

/**
 * The path of a request with its parameters, where they are ids: those that the plan lists (`qr_id` for `:qrId`) as they are, others when they
 * are a short number or a UUID. Anything else a path may hold, such as a token or a name, appears as the parameter's name.
 *
 * @param path without a query; may begin with an origin.
 * @param route the pattern, such as `/codes/:id`. Without one nothing is known of the path, and nothing of it is kept.
 */
export function plannedPath(path: string, route: string | undefined): string | undefined {
  if (!route) return undefined;
  const [, origin = '', own = ''] = /^([a-z]{1,10}:\/\/[^/]*)?(.*)$/is.exec(path) ?? [];
  const patterns = route.split('/');
  const parts = own.split('/');
  return origin + patterns.map((pattern, at) => (showsId(pattern, parts[at] ?? '') ? parts[at] : pattern)).join('/');
}

function showsId(pattern: string, part: string): boolean {
  const name = PARAMETER.exec(pattern)?.[1];
  if (name === undefined || !/id$/i.test(name)) return false;
  return (PLANNED_IDS.has(withoutSeparators(name)) ? PLAIN_ID : NUMBER_OR_UUID).test(part);
}

/** The pattern in the name of a request, such as `GET /codes/:id`; undefined for other names. */
export function routeOf(name: string | undefined): string | undefined {
  return /^[A-Z]{3,10} (\/.*)$/.exec(name ?? '')?.[1];
}

function withoutSeparators(name: string): string {
  return name.replaceAll('_', '').toLowerCase();
}
