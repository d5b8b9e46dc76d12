import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { durationsWithin, errorsWithin, percentileOf } from '../../alerts/measures.ts';
import { ParameterError } from '../../query/analytics/parameter-error.ts';
import { refuseUnknown } from '../../query/analytics/parameters.ts';
import type { StoredSpan } from '../../store/records.ts';
import type { Store } from '../../store/store.ts';
import { windowOf, windowParameters } from './window.ts';

const Query = Type.Object({
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
export function eventsRoute(instance: FastifyInstance, store: Store): void {
  const app = instance.withTypeProvider<TypeBoxTypeProvider>();
  const params = Type.Object({ organization: Type.String() });
  app.get('/api/0/organizations/:organization/events/', { schema: { params, querystring: Query } }, ({ query }) => {
    refuseUnknown(query, Query);
    const window = windowOf(query);
    if (query.dataset === 'errors') {
      if (query.query !== '') throw new ParameterError('query', `must be empty for errors here, got "${query.query}"`);
      const errors = errorsWithin(store.of('error'), window).length;
      return tableOf(query.field, (field) => (field === 'count()' ? errors : undefined));
    }
    const durations = durationsWithin(store.of('span'), window, spanFilter(query.query));
    return tableOf(query.field, (field) => {
      if (field === 'count(span.duration)') return durations.length;
      const [, percentile] = /^p(50|75|90|95|99|100)\(span\.duration\)$/.exec(field) ?? [];
      return percentile === undefined ? undefined : percentileOf(durations, Number(percentile));
    });
  });
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
