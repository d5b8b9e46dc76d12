import { startEmbeddedDatabase } from '../embedded/embedded-database.ts';
import { type Database, openDatabase } from '../open-database.ts';
import { createScratchDatabase } from './test-server.ts';

export type TestDatabaseKind = 'embedded' | 'postgres';

export interface OpenTestDatabaseOptions {
  readonly schema: string;
  readonly migrationsFolder: string;
  readonly kind: TestDatabaseKind;
}

export interface TestDatabase extends Database {
  /** For further connections, or a process of its own. */
  readonly url: string;
  /** Closes the connections and removes the database. Safe to call again. */
  cleanup(): Promise<void>;
}

interface EmptyDatabase {
  readonly url: string;
  readonly remove: () => Promise<void>;
}

/** Opens a fresh, migrated database: PGlite in memory of this process, or one of its own on the PostgreSQL server. */
export async function openTestDatabase({
  schema,
  migrationsFolder,
  kind,
}: OpenTestDatabaseOptions): Promise<TestDatabase> {
  const { url, remove } = await (kind === 'embedded' ? startEmbedded(schema, migrationsFolder) : startScratch());
  try {
    const database = await openDatabase({ url, schema, migrationsFolder });
    let cleaning: Promise<void> | undefined;
    return {
      ...database,
      url,
      cleanup: () => {
        cleaning ??= database.close().then(remove);
        return cleaning;
      },
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function startEmbedded(schema: string, folder: string): Promise<EmptyDatabase> {
  const { url, close } = await startEmbeddedDatabase({ migrations: [{ schema, folder }] });
  return { url, remove: close };
}

async function startScratch(): Promise<EmptyDatabase> {
  const { url, drop } = await createScratchDatabase();
  return { url, remove: drop };
}
