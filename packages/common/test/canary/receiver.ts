import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';

/** What the receiver says to everything: it takes it, it is away for now, or it refuses the records. */
export type Answer = 'takes' | 'is away' | 'refuses';

/** Both vendors, as far as a sender can tell. Keeps every byte of every request, head and body, and looks into none. */
export interface RawReceiver {
  readonly url: string;
  /** Heads and bodies. */
  bytes(): readonly Buffer[];
  close(): Promise<void>;
}

export async function startRawReceiver(answer: Answer): Promise<RawReceiver> {
  const kept: Buffer[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      kept.push(Buffer.from(`${request.method} ${request.url}\n${request.rawHeaders.join('\n')}`), body);
      reply(answer, request, response, body);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    bytes: () => kept,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function reply(answer: Answer, { url = '', headers }: IncomingMessage, response: ServerResponse, body: Buffer): void {
  response.setHeader('content-type', 'application/json');
  const say = (status: number, json: object) => response.writeHead(status).end(JSON.stringify(json));
  if (answer === 'is away') return void say(503, { error: 'away' });
  if (url.startsWith('/api/') && answer === 'refuses') return void say(400, { detail: 'refused', causes: [] });
  if (url.startsWith('/api/')) return void say(200, {});
  const records: unknown = JSON.parse((headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString());
  const count = Array.isArray(records) ? records.length : 1;
  if (answer === 'takes')
    return void say(200, { code: 200, status: 'OK', num_records_imported: count, num_good_events: count });
  const failed = Array.from({ length: count }, (_, index) => ({ index, field: 'data', message: 'refused' }));
  say(400, {
    code: 400,
    status: 'Bad Request',
    error: 'some data points in the request failed validation',
    num_records_imported: 0,
    failed_records: failed,
  });
}
