import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { startEmbeddedDatabase } from '../src/embedded/embedded-database.ts';
import { openDatabase } from '../src/index.ts';
import { copyTemplate, createScratchDatabase, openTestDatabase } from '../src/testing/index.ts';
import { DATABASE_KINDS } from './database-kinds.ts';
import { type MigrationFixture, NOTES_MIGRATION, temporaryFolder, writeMigrations } from './migrations-folder.ts';

const COLOUR_MIGRATION: MigrationFixture = {
  tag: '0001_colour',
  when: 2_000,
  sql: 'alter table "shop"."notes" add column "colour" text;\n--> statement-breakpoint\ncreate index on "shop"."notes" ("colour");',
};
const BROKEN_MIGRATION: MigrationFixture = {
  tag: '0001_broken',
  when: 2_000,
  sql: 'alter table "shop"."nothing" add column x int;',
};

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(() => folder[Symbol.asyncDispose]());

describe.each(DATABASE_KINDS)('migrations on %s', (kind) => {
  const open = () => openTestDatabase({ schema: 'shop', migrationsFolder: folder.path, kind });

  it('are all applied, and recorded in the schema itself', async () => {
    await writeMigrations(folder.path, [NOTES_MIGRATION, COLOUR_MIGRATION]);
    const database = await open();
    const { rows } = await database.pool.query('select created_at from shop.__migrations order by id');
    expect(rows).toEqual([{ created_at: '1000' }, { created_at: '2000' }]);
    await database.pool.query(`insert into shop.notes (body, colour) values ('a', 'red')`);
    await database.cleanup();
  });

  it('may hold several statements without a breakpoint', async () => {
    const sql = 'create table "shop"."a" ("id" int);\ncreate table "shop"."b" ("id" int);';
    await writeMigrations(folder.path, [{ tag: '0000_two', when: 1, sql }]);
    const database = await open();
    const { rows } = await database.pool.query(
      'select (select count(*) from shop.a) + (select count(*) from shop.b) as n',
    );
    expect(rows).toEqual([{ n: '0' }]);
    await database.cleanup();
  });

  it('are refused with the server’s words and the folder when one fails', async () => {
    await writeMigrations(folder.path, [NOTES_MIGRATION, BROKEN_MIGRATION]);
    await expect(open()).rejects.toThrow(
      `Migrating schema "shop" from ${folder.path} failed, none was applied: relation "shop.nothing" does not exist`,
    );
  });

  it('are refused when the order of their times would hide one', async () => {
    await writeMigrations(folder.path, [NOTES_MIGRATION, { ...COLOUR_MIGRATION, when: 500 }]);
    await expect(open()).rejects.toThrow('500 follows 1000');
  });

  it('are refused with the folder’s name when there are none', async () => {
    await expect(open()).rejects.toThrow(`Migrations in ${folder.path} cannot be read`);
  });
});

it.runIf(DATABASE_KINDS.includes('postgres'))('instances that start together migrate PostgreSQL once', async () => {
  await writeMigrations(folder.path, [NOTES_MIGRATION, COLOUR_MIGRATION]);
  const scratch = await createScratchDatabase();
  onTestFinished(() => scratch.drop());
  const options = { url: scratch.url, schema: 'shop', migrationsFolder: folder.path, maxConnections: 2 };
  const databases = await Promise.all(Array.from({ length: 8 }, () => openDatabase(options)));
  const [first] = databases;
  const applied = await first?.pool.query('select count(*)::int as applied from shop.__migrations');
  expect(applied?.rows).toEqual([{ applied: 2 }]);
  await Promise.all(databases.map((database) => database.close()));
});

it.runIf(DATABASE_KINDS.includes('postgres'))('a later start applies to PostgreSQL only what is new', async () => {
  const scratch = await createScratchDatabase();
  onTestFinished(() => scratch.drop());
  const options = { url: scratch.url, schema: 'shop', migrationsFolder: folder.path };
  await writeMigrations(folder.path, [NOTES_MIGRATION]);
  await (await openDatabase(options)).close();
  await writeMigrations(folder.path, [NOTES_MIGRATION, COLOUR_MIGRATION]);
  const database = await openDatabase(options);
  const { rows } = await database.pool.query('select created_at from shop.__migrations order by id');
  expect(rows).toEqual([{ created_at: '1000' }, { created_at: '2000' }]);
  await database.close();
});

describe('opening the embedded database', () => {
  let dataDir: string;
  beforeEach(() => {
    dataDir = join(folder.path, 'data');
    copyTemplate(dataDir);
  });

  it('is refused while its owner has not migrated the schema', async () => {
    await writeMigrations(folder.path, [NOTES_MIGRATION]);
    const server = await startEmbeddedDatabase({ dataDir, migrations: [] });
    await expect(openDatabase({ url: server.url, schema: 'shop', migrationsFolder: folder.path })).rejects.toThrow(
      `lacks migrations of schema "shop": the newest in ${folder.path} is of 1000, applied is none. ` +
        `Restart it with "shop=${folder.path}" in EMBEDDED_DATABASE_MIGRATIONS.`,
    );
    await server.close();
  });

  it('is refused while its owner has an older set of migrations', async () => {
    await writeMigrations(folder.path, [NOTES_MIGRATION]);
    const server = await startEmbeddedDatabase({ dataDir, migrations: [{ schema: 'shop', folder: folder.path }] });
    await writeMigrations(folder.path, [NOTES_MIGRATION, COLOUR_MIGRATION]);
    await expect(openDatabase({ url: server.url, schema: 'shop', migrationsFolder: folder.path })).rejects.toThrow(
      'is of 2000, applied is 1000',
    );
    await server.close();
  });
});
