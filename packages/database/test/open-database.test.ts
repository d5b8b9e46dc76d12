import { bigint, pgSchema, text, timestamp } from 'drizzle-orm/pg-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '../src/index.ts';
import { openTestDatabase, type TestDatabase } from '../src/testing/index.ts';
import { DATABASE_KINDS } from './database-kinds.ts';
import { NOTES_MIGRATION, temporaryFolder, writeMigrations } from './migrations-folder.ts';

const notes = pgSchema('shop').table('notes', {
  id: bigint({ mode: 'number' }).generatedAlwaysAsIdentity().primaryKey(),
  body: text().notNull(),
  at: timestamp({ withTimezone: true }).notNull().defaultNow(),
});

describe.each(DATABASE_KINDS)('a database on %s', (kind) => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let database: TestDatabase;
  const others: Database[] = [];

  const openAnother = async (maxConnections: number): Promise<Database> => {
    const other = await openDatabase({
      url: database.url,
      schema: 'shop',
      migrationsFolder: folder.path,
      maxConnections,
    });
    others.push(other);
    return other;
  };

  beforeAll(async () => {
    folder = await temporaryFolder();
    await writeMigrations(folder.path, [NOTES_MIGRATION]);
    database = await openTestDatabase({ schema: 'shop', migrationsFolder: folder.path, kind });
  });
  afterEach(async () => {
    await Promise.all(others.splice(0).map((other) => other.close()));
    await database.db.delete(notes);
  });
  afterAll(async () => {
    await database.cleanup();
    await folder[Symbol.asyncDispose]();
  });

  it('knows whether it is embedded', () => {
    expect(database.isEmbedded).toBe(kind === 'embedded');
  });

  it('writes and reads the tables of its schema', async () => {
    const [written] = await database.db.insert(notes).values({ body: 'hello' }).returning();
    expect(await database.db.select().from(notes)).toEqual([written]);
    expect(written).toMatchObject({ id: expect.any(Number), body: 'hello', at: expect.any(Date) });
  });

  it('serves 20 connections at once, each with its own rows', async () => {
    const { pool } = await openAnother(20);
    await Promise.all(Array.from({ length: 20 }, () => pool.query('select pg_sleep(0.02)')));
    const answers = await Promise.all(
      Array.from({ length: 400 }, async (_, n) =>
        n % 2 === 0
          ? (await pool.query('select $1::int as n', [n])).rows
          : (await pool.query('select $1::text as word, $2::int as n', ['odd', n])).rows,
      ),
    );
    expect(pool.totalCount).toBe(20);
    expect(answers).toEqual(Array.from({ length: 400 }, (_, n) => (n % 2 === 0 ? [{ n }] : [{ word: 'odd', n }])));
  });

  it('gives queries that arrive during a transaction their own rows', async () => {
    const { pool } = await openAnother(12);
    await Promise.all(Array.from({ length: 12 }, () => pool.query('select pg_sleep(0.02)')));
    const transaction = await pool.connect();
    await transaction.query('begin');
    const waiting = Array.from({ length: 11 }, (_, n) =>
      n % 2 === 0
        ? pool.query('select $1::int as n', [n])
        : pool.query('select $1::text as word, $2::int as n', ['odd', n]),
    );
    for (let turn = 0; turn < 20; turn++) await transaction.query('select $1::int', [turn]);
    await transaction.query('commit');
    transaction.release();
    const answers = (await Promise.all(waiting)).map(({ rows }) => rows[0]);
    expect(answers).toEqual(Array.from({ length: 11 }, (_, n) => (n % 2 === 0 ? { n } : { word: 'odd', n })));
  });

  it('gives parameters of many packets to the query they came with', async () => {
    const { pool } = await openAnother(10);
    await Promise.all(Array.from({ length: 10 }, () => pool.query('select pg_sleep(0.02)')));
    const big = 'x'.repeat(300_000);
    const answers = await Promise.all(
      Array.from({ length: 60 }, async (_, n) =>
        n % 2 === 0
          ? (await pool.query('select $1::int as n, length($2::text) as length', [n, big])).rows
          : (await pool.query('select $1::int as n', [n])).rows,
      ),
    );
    expect(answers).toEqual(Array.from({ length: 60 }, (_, n) => [n % 2 === 0 ? { n, length: 300_000 } : { n }]));
  });

  it('keeps transactions from two pools apart', async () => {
    const other = await openAnother(5);
    const transfer = (db: Database['db'], name: string) =>
      db.transaction(async (tx) => {
        await tx.insert(notes).values({ body: `${name} first` });
        const before = await tx.$count(notes);
        await tx.insert(notes).values({ body: `${name} second` });
        return (await tx.$count(notes)) - before;
      });
    const names = Array.from({ length: 10 }, (_, n) => `transfer ${n}`);
    await Promise.all(names.map((name, n) => transfer(n % 2 === 0 ? database.db : other.db, name)));
    const bodies = (await database.db.select({ body: notes.body }).from(notes)).map(({ body }) => body);
    expect(bodies.toSorted()).toEqual(names.flatMap((name) => [`${name} first`, `${name} second`]).toSorted());
  });

  it('rolls back the whole transaction when its callback throws', async () => {
    const attempt = database.db.transaction(async (tx) => {
      await tx.insert(notes).values({ body: 'never' });
      throw new Error('changed my mind');
    });
    await expect(attempt).rejects.toThrow('changed my mind');
    expect(await database.db.$count(notes)).toBe(0);
  });

  it('rolls back the whole transaction when the server refuses a statement', async () => {
    const attempt = database.db.transaction(async (tx) => {
      await tx.insert(notes).values({ body: 'same' });
      await tx.insert(notes).values({ body: 'same' });
    });
    await expect(attempt).rejects.toMatchObject({ cause: { code: '23505' } });
    expect(await database.db.$count(notes)).toBe(0);
  });

  it('rolls back what a connection leaves open when it breaks', async () => {
    const { pool } = await openAnother(1);
    const client = await pool.connect();
    await client.query('begin');
    await client.query(`insert into shop.notes (body) values ('abandoned')`);
    client.release(true);
    await expect.poll(() => database.db.$count(notes)).toBe(0);
    expect(await database.ping()).toBe(true);
  });

  it('parses the types as node-postgres does', async () => {
    const { rows } = await database.pool.query(
      `select 9007199254740993::bigint as big, 7::int as small, 1.50::numeric as exact, true as yes,
        timestamptz '2026-01-02T03:04:05.678Z' as at, '{"a": [1]}'::jsonb as document, array['x', 'y'] as list`,
    );
    expect(rows).toEqual([
      {
        big: '9007199254740993',
        small: 7,
        exact: '1.50',
        yes: true,
        at: new Date('2026-01-02T03:04:05.678Z'),
        document: { a: [1] },
        list: ['x', 'y'],
      },
    ]);
  });

  it('closes in bounded time though a connection is checked out, and may be closed again', async () => {
    const other = await openAnother(2);
    const kept = await other.pool.connect();
    await kept.query('begin');
    await other.close(50);
    await other.close();
    await expect(kept.query('select 1')).rejects.toThrow(/closed|end|terminated/i);
    expect(await other.ping()).toBe(false);
    expect(await database.ping()).toBe(true);
  });

  it('does not answer a ping in time while every connection is taken', async () => {
    const other = await openAnother(1);
    const only = await other.pool.connect();
    expect(await other.ping(50)).toBe(false);
    only.release();
    expect(await other.ping()).toBe(true);
  });
});
