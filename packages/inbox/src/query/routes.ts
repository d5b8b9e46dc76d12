import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance, FastifyReply } from 'fastify';
import Type from 'typebox';
import type { Faults } from '../faults/faults.ts';
import type { InboxData } from '../inbox-data.ts';
import { RECORD_KINDS, type RecordKind, type StoredRecord } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import { analyticsRoutes } from './analytics/routes.ts';
import type { ReportSource } from './analytics/user-events.ts';
import { liveRoute } from './live.ts';
import { timeline } from './records.ts';

const Limit = Type.Optional(
  Type.Integer({ minimum: 1, maximum: 100_000, description: 'at most so many, newest first' }),
);
const Text = Type.Optional(Type.String());

const EventsQuery = Type.Object({
  event: Text,
  distinct_id: Text,
  trace_id: Text,
  duplicates: Type.Optional(Type.Literal('1', { description: 'repeated events too' })),
  since: Type.Optional(Type.Integer({ minimum: 0, description: 'arrived since, milliseconds since the epoch' })),
  limit: Limit,
});
const ListQuery = Type.Object({ trace_id: Text, limit: Limit });
const TimelineQuery = Type.Object({
  kind: Type.Optional(Type.Union(RECORD_KINDS.map((kind) => Type.Literal(kind)))),
  trace_id: Text,
  user: Text,
  limit: Limit,
});

const DEFAULT_LIMIT = 100;

/** The JSON API: every list is newest first and says how many there are in all, and how many are gone. */
export function queryRoutes(instance: FastifyInstance, data: InboxData, source: ReportSource): void {
  const app = instance.withTypeProvider<TypeBoxTypeProvider>();
  const { store } = data;

  app.get('/api/events', { schema: { querystring: EventsQuery } }, ({ query }) => {
    const { event, since, limit } = query;
    const duplicates = query.duplicates === '1';
    const filter = { event, distinctId: query.distinct_id, traceId: query.trace_id, since, duplicates };
    const events = data.events(filter).reverse();
    const resolved = events
      .slice(0, limit ?? DEFAULT_LIMIT)
      .map((stored) => ({ ...stored, distinctId: store.identity.resolve(stored.distinctId) }));
    return { total: events.length, evicted: store.of('event').evicted, events: resolved };
  });

  app.get('/api/profiles', { schema: { querystring: Type.Object({ limit: Limit }) } }, ({ query }) => {
    const profiles = data.profiles().reverse();
    return { total: profiles.length, profiles: profiles.slice(0, query.limit ?? DEFAULT_LIMIT) };
  });

  app.get('/api/errors', { schema: { querystring: ListQuery } }, ({ query }) => list('errors', data.errors(), query));
  app.get('/api/spans', { schema: { querystring: ListQuery } }, ({ query }) => list('spans', data.spans(), query));
  app.get('/api/logs', { schema: { querystring: ListQuery } }, ({ query }) => list('logs', data.logs(), query));

  app.get('/api/timeline', { schema: { querystring: TimelineQuery } }, ({ query }) => {
    const { kind, trace_id: traceId, user: userId, limit = DEFAULT_LIMIT } = query;
    return { records: timeline(store, { kind, traceId, userId, limit }) };
  });

  app.get('/api/raw', (_request, reply) => {
    const lines = data
      .raw()
      .map((request) => `${JSON.stringify({ ...request, body: request.body.toString('base64') })}\n`);
    return reply.type('application/x-ndjson').send(lines.join(''));
  });

  app.get('/api/stats', () => statsOf(data));

  app.post('/api/compact', () => ({ removed: data.compact() }));

  app.get('/health/live', () => ({ status: 'ok' }));

  liveRoute(instance, store);
  streamRoute(instance, store, data.faults);
  analyticsRoutes(instance, source);

  function list<Stored extends { readonly kind: 'error' | 'span' | 'log'; readonly traceId: string | null }>(
    name: string,
    stored: readonly Stored[],
    { trace_id: traceId, limit = DEFAULT_LIMIT }: { trace_id?: string; limit?: number },
  ): Record<string, unknown> {
    const matching = stored.filter((record) => traceId === undefined || record.traceId === traceId).reverse();
    const kind = name === 'errors' ? 'error' : name === 'spans' ? 'span' : 'log';
    return { total: matching.length, evicted: store.of(kind).evicted, [name]: matching.slice(0, limit) };
  }
}

interface KindStats {
  readonly stored: number;
  /** Gone to make room since the start or the last clear. */
  readonly evicted: number;
  readonly bytes: number;
}

/** Counts and memory, for the top of the page and for whoever watches the inbox itself. */
interface Stats {
  readonly kinds: Readonly<Record<RecordKind, KindStats>>;
  readonly profiles: number;
  readonly raw: { readonly kept: boolean; readonly evicted: number };
  readonly memory: { readonly rssBytes: number; readonly heapUsedBytes: number };
}

function statsOf({ store, rawLog }: InboxData): Stats {
  const kinds = RECORD_KINDS.map((kind) => {
    const { length, evicted, bytes } = store.of(kind);
    return [kind, { stored: length, evicted, bytes: Math.round(bytes) }] as const;
  });
  const { rss, heapUsed } = process.memoryUsage();
  return {
    // `fromEntries` forgets the key type; RECORD_KINDS names every kind.
    kinds: Object.fromEntries(kinds) as Record<RecordKind, KindStats>,
    profiles: store.profiles.size,
    raw: { kept: rawLog !== undefined, evicted: rawLog?.evicted ?? 0 },
    memory: { rssBytes: rss, heapUsedBytes: heapUsed },
  };
}

/** A reader that is this far behind loses messages: the browser tab, not the inbox, is what cannot keep up. */
const MAX_BEHIND_BYTES = 4 * 1024 * 1024;
const KEEP_ALIVE_MS = 15_000;
/** Shown at once to a page that has just opened. */
const FIRST_RECORDS = 300;

/**
 * `GET /api/stream`: server-sent events, one message for each arrival, beginning with the latest that are there already.
 * Further kinds of message: `clear`, `removed` (some records are gone: read again), `faults` (the faults to come have
 * changed), and `skipped` with a count. No event ids: a restart may count from 1 again, so a
 * reader that reconnects starts over.
 */
function streamRoute(app: FastifyInstance, store: Store, faults: Faults): void {
  const open = new Set<FastifyReply>();
  app.addHook('preClose', (done) => {
    for (const reply of open) reply.raw.end();
    done();
  });
  app.get('/api/stream', (_request, reply) => {
    reply.hijack();
    reply.raw.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    open.add(reply);
    const stop = stream(store, faults, reply);
    reply.raw.on('close', () => {
      open.delete(reply);
      stop();
    });
  });
}

function stream(store: Store, faults: Faults, reply: FastifyReply): () => void {
  let skipped = 0;
  const send = (message: object): void => {
    reply.raw.write(`data: ${JSON.stringify(message)}\n\n`);
  };
  const sendRecords = (records: readonly StoredRecord[]): void => {
    for (const record of records) {
      if (reply.raw.writableLength > MAX_BEHIND_BYTES) {
        skipped += 1;
        continue;
      }
      if (skipped > 0) send({ kind: 'skipped', count: skipped });
      skipped = 0;
      send(record);
    }
  };
  reply.raw.write('retry: 1000\n\n');
  sendRecords(timeline(store, { limit: FIRST_RECORDS }).reverse());
  const stopArrivals = store.onArrival(sendRecords);
  const stopClears = store.onClear(() => send({ kind: 'clear' }));
  const stopRemovals = store.onRemoval(() => send({ kind: 'removed' }));
  const stopFaults = faults.onChange(() => send({ kind: 'faults' }));
  const keepAlive = setInterval(() => reply.raw.write(': still here\n\n'), KEEP_ALIVE_MS).unref();
  return () => {
    clearInterval(keepAlive);
    stopArrivals();
    stopClears();
    stopRemovals();
    stopFaults();
  };
}
