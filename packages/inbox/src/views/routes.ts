import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import type { InboxData } from '../inbox-data.ts';
import type { ReportSource } from '../query/analytics/user-events.ts';
import { RECORD_KINDS, type StoredRecord } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import { type EditorLink, findError } from './error-detail.ts';
import { issueRoutes } from './issues.ts';
import { DEFAULT_LIMIT, listParameters } from './lists.ts';
import { findPerson, listPeople, PEOPLE_SORTS } from './people.ts';
import { listTraces, TRACE_SORTS } from './traces.ts';

const STORY_LIMIT = 1000;
const Limit = Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000 }));
const PeopleQuery = Type.Object({ ...listParameters, sort: Type.Optional(Type.Enum([...PEOPLE_SORTS])) });
const TracesQuery = Type.Object({
  ...listParameters,
  sort: Type.Optional(Type.Enum([...TRACE_SORTS])),
  assets: Type.Optional(Type.Literal('1', { description: 'also traces in which nothing but an asset was served' })),
});

/** What the page shows beyond lists of records: people, traces, issues over time, and one thing by its id. */
export function viewRoutes(instance: FastifyInstance, data: InboxData, source: ReportSource, linkOf: EditorLink): void {
  const app = instance.withTypeProvider<TypeBoxTypeProvider>();
  const { store } = data;

  app.get('/api/people', { schema: { querystring: PeopleQuery } }, ({ query }) => {
    const { people, facets } = listPeople(store, source.linkEvents, query);
    return { total: people.length, facets, people: people.slice(0, query.limit ?? DEFAULT_LIMIT) };
  });

  // Not in the path: an id may hold anything, and be longer than a part of a path may be.
  const PersonQuery = Type.Object({ id: Type.String({ minLength: 1 }), limit: Limit });
  app.get('/api/person', { schema: { querystring: PersonQuery } }, ({ query }) =>
    findPerson(store, query.id, query.limit ?? STORY_LIMIT, source.linkEvents),
  );

  app.get('/api/traces', { schema: { querystring: TracesQuery } }, ({ query }) => {
    const { traces, hidden, facets } = listTraces(store, { ...query, assets: query.assets === '1' });
    return { total: traces.length, hidden, facets, traces: traces.slice(0, query.limit ?? DEFAULT_LIMIT) };
  });

  issueRoutes(instance, data, source);

  app.get('/api/errors/:id', { schema: { params: Type.Object({ id: Type.String() }) } }, async ({ params }, reply) => {
    const error = await findError(data.errors(), params.id, linkOf);
    return error ?? notFound(reply, `no error ${params.id}: GET /api/errors lists them`);
  });

  app.get('/api/records/:id', { schema: { params: Type.Object({ id: Type.Integer() }) } }, ({ params }, reply) => {
    return findRecord(store, params.id) ?? notFound(reply, `no record ${params.id}: it has made room for later ones`);
  });
}

function notFound(reply: { code(status: number): { send(body: object): unknown } }, message: string): unknown {
  return reply.code(404).send({ error: 'Not Found', message });
}

function findRecord(store: Store, id: number): StoredRecord | undefined {
  for (const kind of RECORD_KINDS) {
    for (const record of store.of(kind).newestFirst()) {
      if (record.id === id) return record;
      // Each ring is in order of arrival.
      if (record.id < id) break;
    }
  }
  return undefined;
}
