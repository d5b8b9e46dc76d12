import { type MigrationMeta, readMigrationFiles } from 'drizzle-orm/migrator';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import pg from 'pg';

const MIGRATIONS_TABLE = '__migrations';

/** First key of the advisory lock, so that ours meets no other application's: the letters "qrdb". */
const LOCK_NAMESPACE = 0x71726462;

export interface SchemaMigrations {
  /** The service's own schema, created if need be; also holds the `__migrations` table. */
  readonly schema: string;
  /** Folder with `meta/_journal.json` and the `.sql` files it lists. */
  readonly folder: string;
}

/** Applies what is missing, in one transaction. Safe only while nobody else does: see {@link migrateUnderLock}. */
export async function applyMigrations(
  client: pg.Pool | pg.PoolClient,
  { schema, folder }: SchemaMigrations,
): Promise<void> {
  readMigrations(folder);
  try {
    await migrate(drizzle(client), {
      migrationsFolder: folder,
      migrationsSchema: schema,
      migrationsTable: MIGRATIONS_TABLE,
    });
  } catch (error) {
    throw new Error(`Migrating schema "${schema}" from ${folder} failed, none was applied: ${rootMessage(error)}`, {
      cause: error,
    });
  }
}

/** Applies what is missing while other instances, started at the same time, wait for their turn. */
export async function migrateUnderLock(pool: pg.Pool, migrations: SchemaMigrations): Promise<void> {
  const client = await pool.connect();
  const key = [LOCK_NAMESPACE, migrations.schema];
  try {
    await client.query('select pg_advisory_lock($1, hashtext($2))', key);
    await applyMigrations(client, migrations);
    await client.query('select pg_advisory_unlock($1, hashtext($2))', key);
  } catch (error) {
    // The lock belongs to the session: closing it is the one release that cannot fail.
    client.release(true);
    throw error;
  }
  client.release();
}

/**
 * Checks that the newest migration of the folder has been applied by another process.
 *
 * @throws a sentence that says what is missing.
 */
export async function assertMigrated(pool: pg.Pool, { schema, folder }: SchemaMigrations): Promise<void> {
  const expected = readMigrations(folder).at(-1)?.folderMillis ?? 0;
  const applied = await newestApplied(pool, schema);
  if (applied >= expected) return;
  throw new Error(
    `The embedded database lacks migrations of schema "${schema}": the newest in ${folder} is of ${expected}, ` +
      `applied is ${applied || 'none'}. Restart it with "${schema}=${folder}" in EMBEDDED_DATABASE_MIGRATIONS.`,
  );
}

/** Time of the newest applied migration in epoch milliseconds, 0 for none. */
async function newestApplied(pool: pg.Pool, schema: string): Promise<number> {
  const table = `${pg.escapeIdentifier(schema)}.${pg.escapeIdentifier(MIGRATIONS_TABLE)}`;
  const { rows } = await pool.query<{ exists: boolean }>('select to_regclass($1) is not null as exists', [table]);
  if (rows[0]?.exists !== true) return 0;
  const newest = await pool.query<{ at: string | null }>(`select max(created_at) as at from ${table}`);
  return Number(newest.rows[0]?.at ?? 0);
}

function readMigrations(folder: string): readonly MigrationMeta[] {
  const migrations = readFolder(folder);
  let previous = 0;
  for (const { folderMillis } of migrations) {
    // The migrator compares each with the newest applied one only, and would skip it without a word.
    if (!(folderMillis > previous)) {
      throw new Error(
        `Migrations in ${folder}: "when" must grow from entry to entry in meta/_journal.json, ` +
          `but ${folderMillis} follows ${previous}.`,
      );
    }
    previous = folderMillis;
  }
  return migrations;
}

function readFolder(folder: string): readonly MigrationMeta[] {
  try {
    return readMigrationFiles({ migrationsFolder: folder });
  } catch (error) {
    throw new Error(`Migrations in ${folder} cannot be read: ${rootMessage(error)}`, { cause: error });
  }
}

/** The migrator wraps the server's own words ("relation already exists") in the text of the query. */
function rootMessage(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? rootMessage(error.cause) : error.message;
}
