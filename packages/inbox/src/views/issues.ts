import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import type { InboxData } from '../inbox-data.ts';
import { DAY_MS } from '../query/analytics/calendar.ts';
import { type FunnelFigures, funnel, parseSteps } from '../query/analytics/funnels.ts';
import { type ReportSource, userEvents } from '../query/analytics/user-events.ts';
import { exceptionsOf } from '../query/error-parts.ts';
import { type Facets, facetMatcher, facetReader, tagsOf } from '../query/facets.ts';
import {
  errorsByIssue,
  groupIssues,
  ISSUE_STATUSES,
  type Issue,
  type IssueStatus,
  issueFinder,
  issueOf,
  lastSent,
  suppressedBy,
} from '../query/issues.ts';
import { traceIdOf } from '../query/records.ts';
import { textAt } from '../sentry/fields.ts';
import type { StoredError, StoredEvent } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import { DEFAULT_LIMIT, FacetCounts, type FacetValues, listParameters, sortedBy, wordMatcher } from './lists.ts';

const ISSUE_SORTS = ['last_seen', 'first_seen', 'count', 'users'] as const;
type IssueSort = (typeof ISSUE_SORTS)[number];

const Status = Type.Enum([...ISSUE_STATUSES]);
const IssuesQuery = Type.Object({
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

  app.get('/api/issues', { schema: { querystring: IssuesQuery } }, ({ query }) => {
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

interface IssueListing {
  readonly issues: readonly Issue[];
  /** Issues of each status that match the rest of the query. */
  readonly statuses: Readonly<Record<IssueStatus, number>>;
  /** Values to filter by, of all issues. */
  readonly facets: FacetValues;
}

const FIGURE: Readonly<Record<IssueSort, (issue: Issue) => number>> = {
  last_seen: ({ lastSeen }) => lastSeen,
  first_seen: ({ firstSeen }) => firstSeen,
  count: ({ count, suppressed }) => count + suppressed,
  users: ({ users }) => users,
};

/** Searches, filters and sorts all issues that are held. Counts are of the errors that pass the filters. */
function listIssues(data: InboxData, query: Type.Static<typeof IssuesQuery>): IssueListing {
  const errors = data.errors();
  const byIssue = errorsByIssue(errors);
  const facets = new FacetCounts();
  const readFacets = facetReader();
  const passes = facetMatcher(query);
  const passing = new Set<StoredError>();
  for (const all of byIssue.values()) {
    facets.next();
    for (const error of all) {
      const found = readFacets(error);
      facets.add(found);
      if (passes(found)) passing.add(error);
    }
  }
  const hasWords = wordMatcher(query.q);
  const wantedId = query.event_id === undefined ? undefined : (issueOf(query.event_id, errors) ?? null);
  const matching = groupIssues(errors, { marks: data.issueMarks.all(), counts: (error) => passing.has(error) }).filter(
    ({ id }) =>
      (wantedId === undefined || id === wantedId) && hasWords(searchTextsOf(byIssue.get(id) ?? [], readFacets)),
  );
  const shown = matching.filter(({ status }) => query.status === undefined || status === query.status);
  const sorted = sortedBy(shown, FIGURE[query.sort ?? 'last_seen'], query.order);
  return { issues: sorted, statuses: countStatuses(matching), facets: facets.values() };
}

function countStatuses(issues: readonly Issue[]): Record<IssueStatus, number> {
  const counts = { unresolved: 0, resolved: 0, ignored: 0 };
  for (const { status } of issues) counts[status] += 1;
  return counts;
}

/** What a search looks through: title, place, ids, message, tags and frames. */
function* searchTextsOf(
  errors: readonly StoredError[],
  readFacets: (error: StoredError) => Facets,
): Generator<string | null> {
  for (const error of errors) {
    yield* Object.values(readFacets(error));
    yield* textsOf(error);
  }
}

function* textsOf(error: StoredError): Generator<string | null> {
  const { event } = error;
  yield error.type;
  yield error.value;
  yield error.issueId;
  yield error.eventId;
  yield error.level;
  yield error.userId;
  yield error.traceId;
  yield* suppressedBy(error).ids;
  yield textAt(event, 'transaction');
  yield textAt(event, 'culprit');
  for (const [name, value] of Object.entries(tagsOf(event))) yield `${name}:${String(value)}`;
  for (const { type, value, frames } of exceptionsOf(event)) {
    yield type;
    yield value;
    for (const frame of frames)
      yield `${textAt(frame, 'filename') ?? textAt(frame, 'module')} ${textAt(frame, 'function')}`;
  }
}

const Query = Type.Object({
  steps: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 20_000,
      description: "as of /api/query/funnels; the plan's funnel unless given",
    }),
  ),
});

/** `GET /api/issues/:id/cost`: the funnel of those that an issue met beside that of everybody else. */
function issueCostRoute(instance: FastifyInstance, store: Store, source: ReportSource): void {
  const app = instance.withTypeProvider<TypeBoxTypeProvider>();
  const schema = { params: Type.Object({ id: Type.String() }), querystring: Query };
  app.get('/api/issues/:id/cost', { schema }, ({ params, query }, reply) => {
    const all = [...store.of('error').newestFirst()];
    const issueIdOf = issueFinder(all);
    const errors = all.filter((error) => issueIdOf(error) === params.id);
    if (errors.length === 0)
      return reply.code(404).send({ error: 'Not Found', message: `no issue ${params.id}: GET /api/issues lists them` });
    const affected = usersAffected(errors, store.of('event').newestFirst(), source);
    return issueCost(source, affected, query.steps ?? JSON.stringify(source.usualFunnel ?? []));
  });
}

/** As a new funnel of the vendor has it. */
const WINDOW_MS = 7 * DAY_MS;
/** All of the time that is kept. */
const EVER = {
  start: Number.MIN_SAFE_INTEGER,
  end: Number.MAX_SAFE_INTEGER,
  buckets: { labels: [], indexOf: () => -1 },
};

/** How far those came who met an error, and how far the others. */
export interface IssueCost {
  readonly affected: FunnelFigures;
  readonly others: FunnelFigures;
}

/**
 * Whom an issue met: the users that its errors name, and those whose product events stand in the trace of one (a visitor whose error
 * names nobody).
 */
function usersAffected(
  errors: readonly StoredError[],
  events: Iterable<StoredEvent>,
  { identity }: ReportSource,
): Set<string> {
  const users = new Set(errors.flatMap(({ userId }) => (userId === null ? [] : [identity.resolve(userId)])));
  const traces = new Set(errors.flatMap(({ traceId }) => (traceId === null ? [] : [traceId])));
  for (const event of events) {
    const traceId = traceIdOf(event);
    if (traceId !== null && traces.has(traceId)) users.add(identity.resolve(event.distinctId));
  }
  users.delete('');
  return users;
}

/** A funnel of users, each once, for those that an issue met and for everybody else. @throws ParameterError */
function issueCost(source: ReportSource, affected: ReadonlySet<string>, steps: string): IssueCost {
  const rules = { steps: parseSteps(steps), windowMs: WINDOW_MS, type: 'unique' as const, limit: 0, ...EVER };
  const all = userEvents(source, { names: new Set(rules.steps.map(({ event }) => event)) });
  const figures = (isAffected: boolean): FunnelFigures => {
    const timelines = all
      .filter(({ user }) => user !== '' && affected.has(user) === isAffected)
      .map(({ events }) => events);
    return funnel(timelines, rules).overall as FunnelFigures;
  };
  return { affected: figures(true), others: figures(false) };
}
