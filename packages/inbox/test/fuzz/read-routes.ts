/** One reading route of the inbox, as its OpenAPI document describes it. */
export interface ReadRoute {
  /** With `{name}` for each part that a reader fills in. */
  readonly path: string;
  readonly parameters: readonly Parameter[];
}

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly required: boolean;
  readonly schema: { readonly default?: unknown };
}

/** A stream has no end; the bytes of requests are kept for tests only. */
const LEFT_OUT: ReadonlySet<string> = new Set(['/api/stream', '/api/raw']);

/** A day as reports name it. */
function day(daysAgo: number): string {
  return new Date(Date.now() - daysAgo * 24 * 60 * 60 * 1000).toISOString().slice(0, 10);
}

/** Good values of the parameters that a route insists on: a time with today in it. */
export const GOOD: Readonly<Record<string, string>> = {
  from_date: day(10),
  to_date: day(0),
  event: 'Signed up',
  steps: '["Signed up","qr_created"]',
  start: `${day(10)}T00:00:00`,
  end: `${day(-30)}T00:00:00`,
  dataset: 'errors',
  field: 'count()',
};

const RANGE = `from_date=${GOOD['from_date']}&to_date=${GOOD['to_date']}`;
const WINDOW = `start=${GOOD['start']}&end=${GOOD['end']}`;

/** Queries that make a route look at all that is there, by its path; the others need none. */
const QUERIES: Readonly<Record<string, readonly string[]>> = {
  '/api/query/segmentation': [
    `${RANGE}&event=Signed up`,
    `${RANGE}&event=Signed up&on=properties["ip"]`,
    `${RANGE}&event=Signed up&type=unique&where=properties["$city"] == "Brno" or not defined(properties["plan"])`,
  ],
  '/api/query/funnels': [
    `${RANGE}&steps=["Signed up","qr_created"]`,
    `${RANGE}&steps=["Signed up","Signed up"]&type=general&on=plan`,
  ],
  '/api/query/funnels/default': [RANGE],
  '/api/query/retention': [
    `${RANGE}&born_event=Signed up&event=Signed up`,
    `${RANGE}&born_event=Signed up&event=Signed up&unit=week&mode=calendar`,
  ],
  '/api/0/organizations/any/events/': [
    `${WINDOW}&dataset=errors&field=count()`,
    `${WINDOW}&dataset=spans&field=p95(span.duration)&field=count(span.duration)`,
  ],
  '/api/0/organizations/any/issues/': [WINDOW],
  '/api/events': ['', 'duplicates=1', 'distinct_id=user-1'],
};

/** Returns every GET route under `/api`. */
export function readRoutesOf(openApi: unknown): readonly ReadRoute[] {
  const { paths } = openApi as { paths: Record<string, { get?: { parameters?: ReadRoute['parameters'] } }> };
  return Object.entries(paths).flatMap(([path, { get }]) =>
    get === undefined || LEFT_OUT.has(path) ? [] : [{ path, parameters: get.parameters ?? [] }],
  );
}

/** Parameters of the query without which a route refuses to answer: the document counts those with a default, too. */
export function requiredOf(parameters: readonly Parameter[]): readonly Parameter[] {
  return parameters.filter(
    ({ in: place, required, schema }) => place === 'query' && required && !('default' in schema),
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

/** Returns the addresses by which a route shows all that is there: one for each id when it is about one thing. */
export function addressesOf({ path, parameters }: ReadRoute, ids: KnownIds): readonly string[] {
  const known = path.replaceAll('{organization}', 'any');
  const isById = requiredOf(parameters).some(({ name }) => name === 'id');
  if (!isById && !known.includes('{')) return (QUERIES[known] ?? ['']).map((query) => encodeURI(`${known}?${query}`));
  const [, subject = ''] = /^\/api\/(\w+)/.exec(known) ?? [];
  return (ids[subject] ?? Object.values(ids).flat()).map((id) => {
    const encoded = encodeURIComponent(Buffer.from(id).toString()) || 'none';
    return isById ? `${known}?id=${encoded}` : known.replace(/\{\w+\}/g, encoded);
  });
}
