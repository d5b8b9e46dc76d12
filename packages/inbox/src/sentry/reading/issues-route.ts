import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { errorsWithin } from '../../alerts/measures.ts';
import type { InboxData } from '../../inbox-data.ts';
import { refuseUnknown } from '../../query/analytics/parameters.ts';
import { ISSUE_STATUSES, type Issue } from '../../query/issues.ts';
import { issueFinder } from '../../query/suppressed.ts';
import { windowOf, windowParameters } from './window.ts';

const Query = Type.Object({
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
export function issuesRoute(instance: FastifyInstance, data: InboxData): void {
  const app = instance.withTypeProvider<TypeBoxTypeProvider>();
  const params = Type.Object({ organization: Type.String() });
  app.get('/api/0/organizations/:organization/issues/', { schema: { params, querystring: Query } }, ({ query }) => {
    refuseUnknown(query, Query);
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
  });
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
