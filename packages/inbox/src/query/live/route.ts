import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import type { Store } from '../../store/store.ts';
import { LIVE_KINDS, type LiveRows, liveRows } from './live-rows.ts';
import { TextSearch } from './text-search.ts';

/** An answer of `GET /api/live`. */
export interface LiveAnswer extends LiveRows {
  /** Differs when records were cleared, removed or brought back, and when the inbox was restarted: earlier rows are void. */
  readonly version: string;
}

const Text = (description: string) => Type.Optional(Type.String({ description }));

const Query = Type.Object({
  kind: Text(`only these, separated by commas: ${LIVE_KINDS.join(', ')}`),
  q: Text('words that must all occur; words in double quotes together'),
  service: Text('sent by this service'),
  user: Text('of this user, in order of what happened'),
  trace_id: Text('of this trace, in order of what happened'),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000, description: 'at most so many rows' })),
});

const DEFAULT_LIMIT = 300;

/** `GET /api/live`: everything held, newest first, with the spans of a trace and the repeats of an event in one row each. */
export function liveRoute(instance: FastifyInstance, store: Store): void {
  const app = instance.withTypeProvider<TypeBoxTypeProvider>();
  const search = new TextSearch();
  const startedAt = Date.now();
  let removals = 0;
  const countRemoval = (): void => {
    removals += 1;
  };
  const stops = [store.onClear(countRemoval), store.onRemoval(countRemoval)];
  app.addHook('onClose', async () => {
    for (const stop of stops) stop();
  });
  app.get('/api/live', { schema: { querystring: Query } }, ({ query }) => {
    const filter = {
      kinds: new Set(query.kind?.split(',').filter((kind) => kind !== '')),
      text: query.q ?? '',
      service: query.service,
      userId: query.user,
      traceId: query.trace_id,
    };
    const version = `${startedAt}.${removals}`;
    return { version, ...liveRows(store, search, filter, query.limit ?? DEFAULT_LIMIT) } satisfies LiveAnswer;
  });
}
