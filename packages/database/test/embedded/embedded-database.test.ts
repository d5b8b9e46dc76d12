import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startEmbeddedDatabase } from '../../src/embedded/embedded-database.ts';
import { copyTemplate } from '../../src/testing/index.ts';
import { NOTES_MIGRATION, temporaryFolder, writeMigrations } from '../migrations-folder.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(() => folder[Symbol.asyncDispose]());

async function connectTo(url: string): Promise<pg.Client> {
  const client = new pg.Client(url);
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

describe('closing', () => {
  it('disconnects open clients, rolls their transactions back, and keeps what was committed', async () => {
    const migrationsFolder = `${folder.path}/migrations`;
    await writeMigrations(migrationsFolder, [NOTES_MIGRATION]);
    const options = {
      dataDir: `${folder.path}/not/yet/there`,
      migrations: [{ schema: 'shop', folder: migrationsFolder }],
    };
    const first = await startEmbeddedDatabase(options);
    const [idle, busy] = await Promise.all([connectTo(first.url), connectTo(first.url)]);
    await idle.query(`insert into shop.notes (body) values ('kept')`);
    await busy.query('begin');
    await busy.query(`insert into shop.notes (body) values ('lost')`);
    const waiting = expect(idle.query('select 1')).rejects.toThrow();
    await first.close();
    await first.close();
    await waiting;

    const second = await startEmbeddedDatabase(options);
    const client = await connectTo(second.url);
    expect((await client.query('select body from shop.notes')).rows).toEqual([{ body: 'kept' }]);
    await client.end();
    await second.close();
  });
});

describe('starting', () => {
  it('is refused on a port in use, before any data is touched', async () => {
    copyTemplate(`${folder.path}/first`);
    const first = await startEmbeddedDatabase({ dataDir: `${folder.path}/first`, migrations: [] });
    const attempt = startEmbeddedDatabase({ port: first.port, dataDir: `${folder.path}/data`, migrations: [] });
    await expect(attempt).rejects.toThrow(`cannot listen on 127.0.0.1:${first.port}`);
    await first.close();
  });

  it('is refused on a folder in use, whatever the path it is named by', async () => {
    copyTemplate(folder.path);
    const first = await startEmbeddedDatabase({ dataDir: folder.path, migrations: [] });
    const attempt = startEmbeddedDatabase({
      dataDir: `${folder.path}/../${folder.path.split('/').at(-1)}`,
      migrations: [],
    });
    await expect(attempt).rejects.toThrow('is in use by another embedded database');
    await first.close();
  });

  it('leaves port and folder free when a migration fails', async () => {
    copyTemplate(`${folder.path}/data`);
    const options = { dataDir: `${folder.path}/data`, migrations: [{ schema: 'shop', folder: `${folder.path}/none` }] };
    await expect(startEmbeddedDatabase(options)).rejects.toThrow('cannot be read');
    const server = await startEmbeddedDatabase({ ...options, migrations: [] });
    await server.close();
  });
});
