/** One reading route of the inbox, as its OpenAPI document describes it. */
export interface ReadRoute {
  /** With `{name}` for each part that a reader fills in. */
  readonly path: string;
  readonly parameters: readonly { readonly name: string; readonly in: 'path' | 'query'; readonly required: boolean }[];
}

/** A stream has no end; the bytes of requests are kept for tests only. */
const LEFT_OUT: ReadonlySet<string> = new Set(['/api/stream', '/api/raw']);

/** Good values of the parameters that a route insists on. */
export const GOOD: Readonly<Record<string, string>> = {
  from_date: '2026-11-20',
  to_date: '2026-11-29',
  event: 'Signed up',
  born_event: 'Signed up',
  steps: '["Signed up","qr_created"]',
  start: '2026-11-20T00:00:00',
  end: '2026-12-30T00:00:00',
  dataset: 'errors',
  field: 'count()',
  organization: 'any',
};

/** Returns every GET route under `/api`. */
export function readRoutesOf(openApi: unknown): readonly ReadRoute[] {
  const { paths } = openApi as { paths: Record<string, { get?: { parameters?: ReadRoute['parameters'] } }> };
  return Object.entries(paths).flatMap(([path, { get }]) =>
    get === undefined || LEFT_OUT.has(path) ? [] : [{ path, parameters: get.parameters ?? [] }],
  );
}

/** Ids of what is there, by the part of a path that they follow. */
export type KnownIds = Readonly<Record<string, readonly string[]>>;

/** Lists that name ids, with the field that holds them. */
export const ID_LISTS: Readonly<Record<string, readonly [path: string, list: string, field: string]>> = {
  records: ['/api/timeline', 'records', 'id'],
  issues: ['/api/issues', 'issues', 'id'],
  errors: ['/api/errors', 'errors', 'eventId'],
  person: ['/api/people', 'people', 'id'],
  traces: ['/api/traces', 'traces', 'traceId'],
};

/** Returns addresses of a route with all that it insists on: one for each id when it is about one thing, else one. */
export function addressesOf({ path, parameters }: ReadRoute, ids: KnownIds): readonly string[] {
  const known = path.replaceAll('{organization}', 'any');
  const required = parameters.filter(({ in: place, required }) => place === 'query' && required);
  const isAboutOne = known.includes('{') || required.some(({ name }) => name === 'id');
  const [, subject = ''] = /^\/api\/(\w+)/.exec(known) ?? [];
  const wanted = isAboutOne ? (ids[subject] ?? Object.values(ids).flat()) : ['none'];
  return wanted.map((id) => {
    const encoded = encodeURIComponent(Buffer.from(id).toString()) || 'none';
    const query = required.map(
      ({ name }) => `${name}=${name === 'id' ? encoded : encodeURIComponent(GOOD[name] ?? '1')}`,
    );
    const filled = known.replace(/\{\w+\}/g, encoded);
    return query.length === 0 ? filled : `${filled}?${query.join('&')}`;
  });
}
