import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import type { InboxData } from '../inbox-data.ts';
import type { ReportSource } from '../query/analytics/user-events.ts';
import { errorsByIssue, ISSUE_STATUSES, issueFinder, lastSent, suppressedBy } from '../query/issues.ts';
import type { StoredError } from '../store/records.ts';
import { issueCostRoute } from './issue-cost.ts';
import { ISSUE_SORTS, listIssues } from './issue-list.ts';
import { DEFAULT_LIMIT, listParameters } from './lists.ts';

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
    const { evicted } = store.of('error');
    return { total: issues.length, evicted, statuses, facets, issues: issues.slice(0, query.limit ?? DEFAULT_LIMIT) };
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

/** Errors over time, in equal parts of one window that all issues share. */
export interface IssueTrends {
  readonly from: number;
  readonly to: number;
  /** By issue; the oldest part first. */
  readonly counts: Readonly<Record<string, readonly number[]>>;
}

const MINUTE_MS = 60_000;
const PARTS = 24;

/** From the first error to now, at least 24 minutes: a burst is then seen as one. */
function issueTrends(errors: readonly StoredError[], now: number): IssueTrends {
  const first = errors.reduce((earliest, { time }) => Math.min(earliest, time), now);
  const partMs = Math.max(MINUTE_MS, Math.ceil((now - first) / PARTS));
  const from = now - PARTS * partMs;
  const issueOf = issueFinder(errors);
  const counts: Record<string, number[]> = {};
  for (const error of errors) {
    if (suppressedBy(error).isSummary) continue;
    const part = Math.min(PARTS - 1, Math.max(0, Math.floor((error.time - from) / partMs)));
    const issueId = issueOf(error);
    counts[issueId] ??= new Array<number>(PARTS).fill(0);
    const parts = counts[issueId];
    parts[part] = (parts[part] ?? 0) + 1;
  }
  return { from, to: now, counts };
}
