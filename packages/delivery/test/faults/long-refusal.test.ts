import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { readRecords } from '../../src/body.ts';
import { createPipeline } from '../../src/pipeline.ts';
import { createHttpTransport, lanes, personIds } from '../lanes.ts';
import { readDeadLetters, replayDeadLetters } from '../spool-operations.ts';

const EVENTS = 30_000;

it.each([404, 403, 302])(
  'a path that answers %i while 30,000 events wait loses none, and leaves nothing to be replayed',
  async (status) => {
    const root = mkdtempSync(join(tmpdir(), 'long-refusal-'));
    const received = new Set<number>();
    let isRefusing = true;
    const server = createServer(async (request, response) => {
      const body = Buffer.concat(await request.toArray());
      if (isRefusing) {
        response.writeHead(status, { location: '/elsewhere' }).end('<h1>No such page</h1>');
        return;
      }
      const records = (await readRecords(body)) as { n: number }[];
      for (const { n } of records) received.add(n);
      response.end(JSON.stringify({ code: 200, num_records_imported: records.length, status: 'OK' }));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const apiHost = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const pipeline = createPipeline({
      lanes,
      personIds,
      transports: { import: createHttpTransport(apiHost) },
      spoolRoot: root,
      flushIntervalMs: 50,
      warn: () => {},
    });
    onTestFinished(async () => {
      await pipeline.close(0);
      server.closeAllConnections();
      server.close();
      rmSync(root, { recursive: true, force: true });
    });
    for (let n = 0; n < EVENTS; n++) {
      pipeline.push('import', JSON.stringify({ n, filler: 'x'.repeat(100) }));
      if (n % 1000 === 999) await pipeline.flush(1000);
    }
    expect(await pipeline.flush(5000)).toEqual({ delivered: 0, pending: 0, spooled: EVENTS });
    expect(await readDeadLetters(root)).toEqual([]);
    expect(await replayDeadLetters(root, {}, Date.now())).toEqual([]);
    isRefusing = false;
    for (let attempt = 0; attempt < 10 && received.size < EVENTS; attempt++) await pipeline.flush(5000);
    expect(received.size).toBe(EVENTS);
    expect(pipeline.stats().import).toMatchObject({ delivered: EVENTS, pending: 0, dropped: {} });
  },
);
