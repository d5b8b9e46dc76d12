import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EmbeddedDatabase, startEmbeddedDatabase } from '../../src/embedded/embedded-database.ts';
import { copyTemplate } from '../../src/testing/index.ts';
import { temporaryFolder } from '../migrations-folder.ts';

const PASSWORD = 'a-password-of-this-test';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let server: EmbeddedDatabase;
beforeAll(async () => {
  folder = await temporaryFolder();
  copyTemplate(`${folder.path}/data`);
  server = await startEmbeddedDatabase({ dataDir: `${folder.path}/data`, password: PASSWORD, migrations: [] });
});
afterAll(async () => {
  await server.close();
  await folder[Symbol.asyncDispose]();
});

const urlWith = (password: string) => {
  const url = new URL(server.url);
  url.password = password;
  return url.href;
};

async function queryAs(url: string): Promise<unknown> {
  const client = new pg.Client(url);
  client.on('error', () => undefined);
  try {
    await client.connect();
    return (await client.query('select 1 as one')).rows[0];
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** https://www.postgresql.org/docs/current/protocol-message-formats.html */
function startupMessage(): Buffer {
  const parameters = Buffer.from('user\0postgres\0database\0postgres\0\0');
  const message = Buffer.alloc(8 + parameters.length);
  message.writeInt32BE(message.length, 0);
  message.writeInt32BE(196_608, 4);
  parameters.copy(message, 8);
  return message;
}

function typed(type: string, body: Buffer): Buffer {
  const message = Buffer.alloc(5 + body.length);
  message.write(type, 0, 'latin1');
  message.writeInt32BE(4 + body.length, 1);
  body.copy(message, 5);
  return message;
}

const query = typed('Q', Buffer.from("select 'let ' || 'in' as told\0"));

/** Sends some bytes and resolves to what came back until the server hung up, or for two seconds. */
async function talk(...messages: readonly Buffer[]): Promise<string> {
  const socket = connect(server.port, '127.0.0.1');
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(chunk));
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  for (const message of messages) socket.write(message);
  await Promise.race([once(socket, 'close'), wait(2000)]);
  socket.destroy();
  return Buffer.concat(chunks).toString('latin1');
}

describe('the embedded database', () => {
  it('lets in who knows the password', async () => {
    expect(server.url).toContain(`:${PASSWORD}@`);
    expect(await queryAs(server.url)).toEqual({ one: 1 });
  });

  it('makes up a password when it is given none', async () => {
    copyTemplate(`${folder.path}/other`);
    const other = await startEmbeddedDatabase({ dataDir: `${folder.path}/other`, migrations: [] });
    expect(new URL(other.url).password).toMatch(/^[\w-]{32,}$/);
    expect(await queryAs(other.url)).toEqual({ one: 1 });
    await other.close();
  });

  it.each(['', 'a-password-of-this-tesT', `${PASSWORD}x`, 'postgres'])(
    'refuses the password "%s"',
    async (password) => {
      await expect(queryAs(urlWith(password))).rejects.toThrow(/password/);
    },
  );

  it.each([
    ['a query instead of the password', [startupMessage(), query]],
    ['a query before the start', [query, startupMessage(), query]],
    ['a password in clear text', [startupMessage(), typed('p', Buffer.from(`${PASSWORD}\0`)), query]],
    ['a proof of nothing', [startupMessage(), saslStart(), typed('p', Buffer.from('c=biws,r=x,p=AAAA')), query]],
    ['an empty proof', [startupMessage(), saslStart(), typed('p', Buffer.alloc(0)), query]],
    ['a start of 2 GB', [Buffer.from([0x7f, 0xff, 0xff, 0xff, 0, 3, 0, 0]), query]],
    ['a request to cancel', [Buffer.from('0000001004d2162e0000000000000000', 'hex'), startupMessage(), query]],
    ['TLS refused, then a query', [Buffer.from('0000000804d2162f', 'hex'), startupMessage(), query]],
  ] as const)('answers no query of a client that sends %s', async (_what, messages) => {
    const answer = await talk(...messages);
    expect(answer).not.toContain('let in');
    // AuthenticationOk.
    expect(answer).not.toContain('R\0\0\0\u0008\0\0\0\0');
    expect(await queryAs(server.url)).toEqual({ one: 1 });
  });

  it('hangs up on clients that never say who they are, and serves others meanwhile', async () => {
    const silent = Array.from({ length: 20 }, () => connect(server.port, '127.0.0.1').on('error', () => undefined));
    await Promise.all(silent.map((socket) => once(socket, 'connect')));
    expect(await queryAs(server.url)).toEqual({ one: 1 });
    for (const socket of silent) socket.destroy();
  });

  it.each(['short', 'with spaces in it all', 'with:colons@and/slashes', 'ünïcödé-password-long'])(
    'does not start with the password "%s"',
    async (password) => {
      await expect(startEmbeddedDatabase({ password, migrations: [] })).rejects.toThrow(
        'password must be 16 or more letters, digits, - or _',
      );
    },
  );
});

function saslStart(): Buffer {
  const first = Buffer.from('n,,n=,r=aaaaaaaaaaaaaaaa');
  const length = Buffer.alloc(4);
  length.writeInt32BE(first.length);
  return typed('p', Buffer.concat([Buffer.from('SCRAM-SHA-256\0'), length, first]));
}
