import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import type { InboxData } from '../inbox-data.ts';
import type { ReportSource } from '../query/analytics/report-source.ts';
import { errorsByIssue, ISSUE_STATUSES, lastSent } from '../query/issues.ts';
import { issueCostRoute } from './issue-cost-route.ts';
import { ISSUE_SORTS, listIssues } from './issue-list.ts';
import { issueTrends } from './issue-trends.ts';
import { DEFAULT_LIMIT, listParameters } from './list-query.ts';

const Status = Type.Enum([...ISSUE_STATUSES]);
const ListQuery = Type.Object({
  ...listParameters,
  event_id: Type.Optional(Type.String({ description: 'the id of any of its errors, sent or only counted' })),
  status: Type.Optional(Status),
  sort: Type.Optional(Type.Enum([...ISSUE_SORTS])),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000, description: '100 unless given' })),
});
const Change = Type.Object({
  status: Type.Enum([...ISSUE_STATUSES], {
    description:
      'a resolved issue becomes unresolved, and regressed, when it happens again; an ignored one stays ignored',
  }),
});
const params = Type.Object({ id: Type.String() });

/** Issues: the list, one of them, its status, its impact and its errors over time. */
export function issueRoutes(instance: FastifyInstance, data: InboxData, source: ReportSource): void {
  const app = instance.withTypeProvider<TypeBoxTypeProvider>();
  const { store } = data;

  app.get('/api/issues', { schema: { querystring: ListQuery } }, ({ query }) => {
    const { issues, statuses, facets } = listIssues(data, query);
    return {
      total: issues.length,
      evicted: store.of('error').evicted,
      statuses,
      facets,
      issues: issues.slice(0, query.limit ?? DEFAULT_LIMIT),
    };
  });

  app.get('/api/issues/:id', { schema: { params } }, ({ params: { id } }, reply) => {
    const issue = data.issues().find((each) => each.id === id);
    return issue ?? reply.code(404).send(noIssue(id));
  });

  app.put('/api/issues/:id', { schema: { params, body: Change } }, ({ params: { id }, body: { status } }, reply) => {
    const last = lastSent(errorsByIssue(data.errors()).get(id) ?? []);
    if (last === undefined) return reply.code(404).send(noIssue(id));
    data.issueMarks.set(id, status === 'unresolved' ? null : { status, at: source.now(), lastId: last.id });
    return data.issues().find((each) => each.id === id);
  });

  app.get('/api/issues/trends', () => issueTrends(data.errors(), source.now()));
  issueCostRoute(instance, store, source);
}

function noIssue(id: string): object {
  return { error: 'Not Found', message: `no issue ${id}: GET /api/issues lists them` };
}
