import { plan } from '@qr/events';

const PLANNED_IDS = new Set(plan.context.filter((key) => key.endsWith('_id')).map(withoutSeparators));
const ORIGIN = /^[a-z]{1,10}:\/\/[^/]*/i;
const PARAMETER = /^:(\w+)(?:\(.*\))?\??$/;
const PLAIN_ID = /^[\w-]{1,64}$/;
const NUMBER_OR_UUID = /^(?:\d{1,8}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i;

/** Routes repeat, so what was found out about one is kept. A route comes from the code; names of a service's own may pass as one. */
const patterns = new Map<string, readonly Segment[]>();
const MAX_REMEMBERED_ROUTES = 1000;

/** A part of a route, and what the part of a path in its place must look like to be shown. */
interface Segment {
  readonly pattern: string;
  readonly shown: RegExp | undefined;
}

/**
 * The path of a request with its parameters, where they are ids: those that the plan lists (`qr_id` for `:qrId`) as they are, others when they
 * are a short number or a UUID. Anything else a path may hold, such as a token or a name, appears as the parameter's name.
 *
 * @param path without a query; may begin with an origin.
 * @param route the pattern, such as `/codes/:id`. Without one nothing is known of the path, and nothing of it is kept.
 */
export function plannedPath(path: string, route: string | undefined): string | undefined {
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
  let segments = patterns.get(route);
  if (segments === undefined) {
    segments = route.split('/').map((pattern) => ({ pattern, shown: shownAt(pattern) }));
    if (patterns.size >= MAX_REMEMBERED_ROUTES) patterns.clear();
    patterns.set(route, segments);
  }
  return segments;
}

function shownAt(pattern: string): RegExp | undefined {
  const name = PARAMETER.exec(pattern)?.[1];
  if (name === undefined || !/id$/i.test(name)) return undefined;
  return PLANNED_IDS.has(withoutSeparators(name)) ? PLAIN_ID : NUMBER_OR_UUID;
}

/** The pattern in the name of a request, such as `GET /codes/:id`; undefined for other names. */
export function routeOf(name: string | undefined): string | undefined {
  return /^[A-Z]{3,10} (\/.*)$/.exec(name ?? '')?.[1];
}

function withoutSeparators(name: string): string {
  return name.replaceAll('_', '').toLowerCase();
}
