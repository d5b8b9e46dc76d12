import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { DAY_MS } from '../query/analytics/calendar.ts';
import { parseSteps } from '../query/analytics/funnel-entries.ts';
import { type FunnelFigures, funnel } from '../query/analytics/funnels.ts';
import { type ReportSource, userEvents } from '../query/analytics/user-events.ts';
import { issueFinder } from '../query/issues.ts';
import { traceIdOf } from '../query/records.ts';
import type { StoredError, StoredEvent } from '../store/records.ts';
import type { Store } from '../store/store.ts';

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
export function issueCostRoute(instance: FastifyInstance, store: Store, source: ReportSource): void {
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
