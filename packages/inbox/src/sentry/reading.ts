import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { TimeWindow } from '@qr/alerts';
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { durationsWithin, errorsWithin, percentileOf } from '../alerts/measures.ts';
import type { InboxData } from '../inbox-data.ts';
import { ParameterError, strictQueries } from '../query/analytics/parameters.ts';
import { ISSUE_STATUSES, type Issue, issueFinder } from '../query/issues.ts';
import type { StoredSpan } from '../store/records.ts';
import type { Store } from '../store/store.ts';

/** Two of Sentry's reading endpoints, so that one client asks it and the inbox. Any organization is the only one; any token is good. */
export function sentryReadingRoutes(instance: FastifyInstance, data: InboxData): void {
  void instance.register(async (app) => {
    strictQueries(app);
    eventsRoute(app, data.store);
    issuesRoute(app, data);
  });
}

const Time = Type.String({ description: 'ISO 8601, in UTC unless it says otherwise: 2026-11-20T11:00:00' });

/** Sentry's `statsPeriod` is not taken: a time that depends on when one asks has no right answer in a test. */
const windowParameters = { start: Time, end: Time };

function windowOf({ start, end }: { readonly start: string; readonly end: string }): TimeWindow {
  const window = { from: timeOf('start', start), to: timeOf('end', end) };
  if (window.to > window.from) return window;
  throw new ParameterError('end', `must be after start ${start}, got ${end}`);
}

function timeOf(name: string, text: string): number {
  const time = Date.parse(/(Z|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text}Z`);
  if (!Number.isNaN(time)) return time;
  throw new ParameterError(name, `must be a time such as 2026-11-20T11:00:00, got "${text}"`);
}

const EventsQuery = Type.Object({
  dataset: Type.Enum(['errors', 'spans']),
  field: Type.Array(Type.String({ minLength: 1, maxLength: 100 }), {
    minItems: 1,
    maxItems: 20,
    description: 'count() of errors; count(span.duration) and p50 to p100(span.duration) of spans',
  }),
  query: Type.String({
    default: '',
    maxLength: 200,
    description: 'is_transaction:true and span.op:<name> of spans; nothing of errors',
  }),
  ...windowParameters,
});

/**
 * `GET /api/0/organizations/:organization/events/` of Sentry, as far as one figure of a time goes: counts, and percentiles of durations.
 *
 * @see https://docs.sentry.io/api/explore/query-explore-events-in-table-format/
 */
function eventsRoute(instance: FastifyInstance, store: Store): void {
  const app = instance.withTypeProvider<TypeBoxTypeProvider>();
  const params = Type.Object({ organization: Type.String() });
  app.get(
    '/api/0/organizations/:organization/events/',
    { schema: { params, querystring: EventsQuery } },
    ({ query }) => {
      const window = windowOf(query);
      if (query.dataset === 'errors') {
        if (query.query !== '')
          throw new ParameterError('query', `must be empty for errors here, got "${query.query}"`);
        const errors = errorsWithin(store.of('error'), window).length;
        return tableOf(query.field, (field) => (field === 'count()' ? errors : undefined));
      }
      const durations = durationsWithin(store.of('span'), window, spanFilter(query.query));
      return tableOf(query.field, (field) => {
        if (field === 'count(span.duration)') return durations.length;
        const [, percentile] = /^p(50|75|90|95|99|100)\(span\.duration\)$/.exec(field) ?? [];
        return percentile === undefined ? undefined : percentileOf(durations, Number(percentile));
      });
    },
  );
}

function tableOf(fields: readonly string[], read: (field: string) => number | null | undefined): object {
  const row = fields.map((field) => {
    const value = read(field);
    if (value === undefined) throw new ParameterError('field', `"${field}" is not known here for this dataset`);
    return [field, value] as const;
  });
  const types = row.map(([field]) => [field, field.startsWith('p') ? 'duration' : 'integer']);
  return { data: [Object.fromEntries(row)], meta: { fields: Object.fromEntries(types) } };
}

function spanFilter(query: string): (span: StoredSpan) => boolean {
  const terms = query.split(/\s+/).filter((term) => term !== '');
  const filters = terms.map((term): ((span: StoredSpan) => boolean) => {
    if (term === 'is_transaction:true') return ({ isSegment }) => isSegment;
    const [, op] = /^span\.op:([\w.]+)$/.exec(term) ?? [];
    if (op === undefined)
      throw new ParameterError('query', `knows is_transaction:true and span.op:<name> here, got "${term}"`);
    return (span) => span.op === op;
  });
  return (span) => filters.every((matches) => matches(span));
}

const IssuesQuery = Type.Object({
  query: Type.Enum(['', ...ISSUE_STATUSES.map((status) => `is:${status}`)], {
    default: 'is:unresolved',
    description: 'empty for issues of every status',
  }),
  sort: Type.Enum(['date', 'new'], { default: 'date', description: 'seen last, or seen first: the latest first' }),
  limit: Type.Integer({ minimum: 1, maximum: 100, default: 100 }),
  ...windowParameters,
});

/**
 * `GET /api/0/organizations/:organization/issues/` of Sentry: issues with an error in a time.
 *
 * @see https://docs.sentry.io/api/events/list-an-organizations-issues/
 */
function issuesRoute(instance: FastifyInstance, data: InboxData): void {
  const app = instance.withTypeProvider<TypeBoxTypeProvider>();
  const params = Type.Object({ organization: Type.String() });
  app.get(
    '/api/0/organizations/:organization/issues/',
    { schema: { params, querystring: IssuesQuery } },
    ({ query }) => {
      const errors = data.errors();
      const issueIdOf = issueFinder(errors);
      const ids = new Set(errorsWithin(errors, windowOf(query)).map(issueIdOf));
      const timeOf = ({ firstSeen, lastSeen }: Issue): number => (query.sort === 'new' ? firstSeen : lastSeen);
      return data
        .issues()
        .filter(({ id, status }) => ids.has(id) && (query.query === '' || query.query === `is:${status}`))
        .sort((left, right) => timeOf(right) - timeOf(left))
        .slice(0, query.limit)
        .map(toSentryIssue);
    },
  );
}

/** Of the vendor's fields those that are known here. */
function toSentryIssue({ id, title, level, status, isRegressed, count, users, firstSeen, lastSeen }: Issue): object {
  return {
    id,
    title,
    level,
    status,
    substatus: isRegressed ? 'regressed' : null,
    count: String(count),
    userCount: users,
    firstSeen: new Date(firstSeen).toISOString(),
    lastSeen: new Date(lastSeen).toISOString(),
  };
}
