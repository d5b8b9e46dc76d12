import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createPipeline } from '../../src/pipeline.ts';
import { createHttpTransport, lanes, personIds } from '../lanes.ts';

const RECORDS = 302;
/** Hardly compressible, so that a request of 302 records is larger than what sockets hold. */
const filling = () => Array.from({ length: 560 }, () => Math.random().toString(36).slice(2)).join('');
const MAX_BODY_BYTES = 60_000;

/** How a server turns a body away that it has not read. */
const manners: Readonly<Record<string, (request: IncomingMessage, response: ServerResponse) => void>> = {
  'closes the connection': (_, response) => {
    response.writeHead(413, { connection: 'close' }).end('<h1>Too large</h1>');
  },
  'closes the connection at once': ({ socket }, response) => {
    response.writeHead(413, { connection: 'close' }).end('<h1>Too large</h1>', () => socket.destroy());
  },
  'resets the connection': ({ socket }, response) => {
    response.writeHead(413, { connection: 'close' }).end('<h1>Too large</h1>', () => socket.resetAndDestroy());
  },
  'keeps the connection and reads on': (_, response) => {
    response.writeHead(413).end('<h1>Too large</h1>');
  },
  'keeps the connection and does not read on': (request, response) => {
    request.pause();
    response.writeHead(413).end('<h1>Too large</h1>');
  },
};

async function startStrictServer(refuse: (request: IncomingMessage, response: ServerResponse) => void) {
  const received: number[] = [];
  const server = createServer(async (request, response) => {
    if (Number(request.headers['content-length']) > MAX_BODY_BYTES) return refuse(request, response);
    const body = Buffer.concat(await request.toArray());
    const text = (request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString();
    const records = JSON.parse(text) as { n: number }[];
    received.push(...records.map(({ n }) => n));
    response.end(JSON.stringify({ code: 200, num_records_imported: records.length, status: 'OK' }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received };
}

function startPipeline(apiHost: string) {
  const transport = createHttpTransport(apiHost, 2000);
  const pipeline = createPipeline({
    lanes,
    personIds,
    transports: { import: transport, engage: transport },
    flushIntervalMs: 60_000,
    warn: () => {},
  });
  onTestFinished(() => pipeline.close(0));
  return pipeline;
}

describe.each(['import', 'engage'] as const)(
  'a batch of the %s lane, too large for a server that says so before it reads the body and',
  (lane) => {
    it.each(Object.keys(manners))('%s, is split until it fits', async (manner) => {
      const refuse = manners[manner] ?? (() => {});
      const { url, received } = await startStrictServer(refuse);
      const pipeline = startPipeline(url);
      for (let n = 0; n < RECORDS; n++) {
        pipeline.push(lane, JSON.stringify({ n, $distinct_id: `u${n}`, properties: { filling: filling() } }));
      }
      for (let attempt = 0; attempt < 40 && received.length < RECORDS; attempt++) await pipeline.flush(5000);
      expect(received).toEqual(Array.from({ length: RECORDS }, (_, n) => n));
      expect(pipeline.stats()[lane]).toMatchObject({ delivered: RECORDS, pending: 0, retried: 0, dropped: {} });
    });
  },
);
