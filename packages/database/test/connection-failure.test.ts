import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import type pg from 'pg';
import { describe, expect, it } from 'vitest';
import { startEmbeddedDatabase } from '../src/embedded/embedded-database.ts';
import { openDatabase } from '../src/index.ts';
import { copyTemplate, openTestDatabase } from '../src/testing/index.ts';
import { DATABASE_KINDS } from './database-kinds.ts';
import { NOTES_MIGRATION, temporaryFolder, writeMigrations } from './migrations-folder.ts';

async function unusedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('Expected a TCP address.');
  return address.port;
}

/** Breaks the connection under a client, which has no public way to its socket. */
function cutCable(client: pg.PoolClient): void {
  const { connection } = client as unknown as { connection: { stream: Socket } };
  connection.stream.destroy(new Error('cable cut'));
}

describe('a server that cannot be reached', () => {
  it('is named by host and port, without the password', async () => {
    const port = await unusedPort();
    const attempt = openDatabase({
      url: `postgres://someone:secret@127.0.0.1:${port}/shop`,
      schema: 'shop',
      migrationsFolder: '/nowhere',
      connectTimeoutMs: 250,
    });
    const error: unknown = await attempt.catch((reason: unknown) => reason);
    expect(String(error)).toMatch(
      `Could not connect to the database at 127.0.0.1:${port} within 250 ms: connect ECONNREFUSED`,
    );
    expect(String(error)).not.toContain('secret');
  });

  it('is given up on after the time allowed when it accepts and says nothing', async () => {
    const silent = createServer(() => undefined).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const address = silent.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const attempt = openDatabase({
      url: `postgres://127.0.0.1:${port}/shop`,
      schema: 'shop',
      migrationsFolder: '/nowhere',
      connectTimeoutMs: 250,
    });
    await expect(attempt).rejects.toThrow('within 250 ms');
    silent.close();
  });

  it('is waited for while it comes up', async () => {
    await using folder = await temporaryFolder();
    await writeMigrations(folder.path, [NOTES_MIGRATION]);
    copyTemplate(`${folder.path}/data`);
    const port = await unusedPort();
    const opening = openDatabase({
      url: `postgres://postgres:a-password-of-this-test@127.0.0.1:${port}/postgres`,
      schema: 'shop',
      migrationsFolder: folder.path,
      connectTimeoutMs: 20_000,
    });
    const server = await startEmbeddedDatabase({
      port,
      password: 'a-password-of-this-test',
      dataDir: `${folder.path}/data`,
      migrations: [{ schema: 'shop', folder: folder.path }],
    });
    const database = await opening;
    expect(await database.ping()).toBe(true);
    await database.close();
    await server.close();
  });
});

it('refuses TLS on the embedded database at once, with the reason', async () => {
  await using folder = await temporaryFolder();
  copyTemplate(folder.path);
  const server = await startEmbeddedDatabase({ dataDir: folder.path, migrations: [] });
  const attempt = openDatabase({
    url: `${server.url}?ssl=true`,
    schema: 'shop',
    migrationsFolder: '/nowhere',
    connectTimeoutMs: 20_000,
  });
  await expect(attempt).rejects.toThrow('does not support SSL');
  await server.close();
});

describe.each(DATABASE_KINDS)('connections to %s that the server drops', (kind) => {
  it('fail their queries, and leave the process and the pool in order', async () => {
    await using folder = await temporaryFolder();
    await writeMigrations(folder.path, [NOTES_MIGRATION]);
    const database = await openTestDatabase({ schema: 'shop', migrationsFolder: folder.path, kind });
    const { pool } = database;
    // One is checked out and one idle: the two are reported in different ways.
    const clients = await Promise.all([pool.connect(), pool.connect()]);
    await clients[0].query('begin');
    clients[1].release();
    for (const client of clients) cutCable(client);
    await expect(clients[0].query('select 1')).rejects.toThrow();
    clients[0].release();
    expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    await database.cleanup();
    await database.cleanup();
  });
});
