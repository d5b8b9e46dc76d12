import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import type { InboxData } from '../inbox-data.ts';
import type { ReportSource } from '../query/analytics/report-source.ts';
import { findError } from './find-error.ts';
import { findRecord } from './find-record.ts';
import { issueCostRoute } from './issue-cost-route.ts';
import { issueTrends } from './issue-trends.ts';
import { findPerson, listPeople } from './people.ts';
import { listTraces } from './traces.ts';

const DEFAULT_LIMIT = 100;
const STORY_LIMIT = 1000;
const Limit = Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000 }));

/** What the page shows beyond lists of records: people, traces, issues over time, and one thing by its id. */
export function viewRoutes(instance: FastifyInstance, data: InboxData, source: ReportSource): void {
  const app = instance.withTypeProvider<TypeBoxTypeProvider>();
  const { store } = data;

  app.get('/api/people', { schema: { querystring: Type.Object({ limit: Limit }) } }, ({ query }) => {
    const people = listPeople(store, source.linkEvents);
    return { total: people.length, people: people.slice(0, query.limit ?? DEFAULT_LIMIT) };
  });

  // Not in the path: an id may hold anything, and be longer than a part of a path may be.
  const PersonQuery = Type.Object({ id: Type.String({ minLength: 1 }), limit: Limit });
  app.get('/api/person', { schema: { querystring: PersonQuery } }, ({ query }) =>
    findPerson(store, query.id, query.limit ?? STORY_LIMIT, source.linkEvents),
  );

  app.get('/api/traces', { schema: { querystring: Type.Object({ limit: Limit }) } }, ({ query }) => ({
    traces: listTraces(store, query.limit ?? DEFAULT_LIMIT),
  }));

  issueCostRoute(instance, store, source);
  app.get('/api/issues/trends', () => issueTrends(data.errors(), source.now()));

  app.get('/api/errors/:id', { schema: { params: Type.Object({ id: Type.String() }) } }, ({ params }, reply) => {
    return findError(data.errors(), params.id) ?? notFound(reply, `no error ${params.id}: GET /api/errors lists them`);
  });

  app.get('/api/records/:id', { schema: { params: Type.Object({ id: Type.Integer() }) } }, ({ params }, reply) => {
    return findRecord(store, params.id) ?? notFound(reply, `no record ${params.id}: it has made room for later ones`);
  });
}

function notFound(reply: { code(status: number): { send(body: object): unknown } }, message: string): unknown {
  return reply.code(404).send({ error: 'Not Found', message });
}
