import { once } from 'node:events';
import type { Socket } from 'node:net';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type EmbeddedDatabase, startEmbeddedDatabase } from '../../src/embedded/embedded-database.ts';

/** A client that decides by itself which message it sends when: https://www.postgresql.org/docs/current/protocol-flow.html */
class WireClient {
  readonly #socket: Socket;
  #answer = '';

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (bytes: Buffer) => {
      this.#answer += bytes.toString('latin1');
    });
  }

  static async open(url: string): Promise<WireClient> {
    // Logs in, and leaves its connection to the test.
    const client = new pg.Client(url);
    client.on('error', () => undefined);
    await client.connect();
    const { stream } = (client as unknown as { readonly connection: { readonly stream: Socket } }).connection;
    stream.removeAllListeners('data');
    return new WireClient(stream);
  }

  parse(sql: string): void {
    this.#send('P', `\0${sql}\0\0\0`);
  }

  /** Bind, Execute, Sync. */
  run(): void {
    this.#send('B', '\0'.repeat(8));
    this.#send('E', '\0'.repeat(5));
    this.#send('S', '');
  }

  async answered(what: 'ParseComplete' | 'ErrorResponse' | 'ReadyForQuery'): Promise<string> {
    const start = { ParseComplete: '1\0\0\0\x04', ErrorResponse: 'E\0\0', ReadyForQuery: 'Z\0\0\0\x05' }[what];
    while (!this.#answer.includes(start)) await once(this.#socket, 'data');
    const answer = this.#answer;
    this.#answer = '';
    return answer;
  }

  vanish(): void {
    this.#socket.destroy();
  }

  #send(type: string, body: string): void {
    const message = Buffer.alloc(5 + body.length);
    message.write(type, 0, 'latin1');
    message.writeInt32BE(4 + body.length, 1);
    message.write(body, 5, 'latin1');
    this.#socket.write(message);
  }
}

let server: EmbeddedDatabase;
beforeAll(async () => {
  server = await startEmbeddedDatabase({ migrations: [] });
});
afterAll(() => server.close());

async function selectOne(): Promise<unknown[]> {
  const client = new pg.Client(server.url);
  await client.connect();
  const { rows } = await client.query('select $1::int as one', [1]);
  await client.end();
  return rows;
}

it('a client in the middle of a query keeps its statement though another sends a whole query', async () => {
  const first = await WireClient.open(server.url);
  const second = await WireClient.open(server.url);
  first.parse(`select 'of the first'`);
  await first.answered('ParseComplete');
  second.parse(`select 'of the second'`);
  second.run();
  first.run();
  expect(await first.answered('ReadyForQuery')).toContain('of the first');
  expect(await second.answered('ReadyForQuery')).toContain('of the second');
  first.vanish();
  second.vanish();
});

it('a client that vanishes in the middle of a query does not block the others', async () => {
  const client = await WireClient.open(server.url);
  client.parse('select 1');
  await client.answered('ParseComplete');
  client.vanish();
  expect(await selectOne()).toEqual([{ one: 1 }]);
});

it('a client that vanishes after an error inside a transaction leaves no failed transaction behind', async () => {
  const client = await WireClient.open(server.url);
  client.parse('begin');
  client.run();
  await client.answered('ReadyForQuery');
  client.parse('this is no SQL');
  await client.answered('ErrorResponse');
  client.vanish();
  expect(await selectOne()).toEqual([{ one: 1 }]);
});
