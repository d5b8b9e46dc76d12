import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Faults } from '../faults/faults.ts';
import type { StoredRecord } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import { timeline } from './records.ts';

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
export function streamRoute(app: FastifyInstance, store: Store, faults: Faults): void {
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
