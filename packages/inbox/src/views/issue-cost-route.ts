import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import type { ReportSource } from '../query/analytics/report-source.ts';
import { issueFinder } from '../query/suppressed.ts';
import type { Store } from '../store/store.ts';
import { issueCost, usersAffected } from './issue-cost.ts';

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
