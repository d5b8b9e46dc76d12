import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedDatabase } from '../embedded/embedded-database.ts';
import { type Database, openDatabase } from '../open-database.ts';
import { copyTemplate } from './template.ts';
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

/** Opens a fresh, migrated database: PGlite in this process, or one of its own on the PostgreSQL server. */
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
  const dataDir = await mkdtemp(join(tmpdir(), 'qr-test-database-'));
  const removeFiles = () => rm(dataDir, { recursive: true, force: true });
  try {
    copyTemplate(dataDir);
    const { url, close } = await startEmbeddedDatabase({ dataDir, migrations: [{ schema, folder }] });
    return { url, remove: () => close().finally(removeFiles) };
  } catch (error) {
    await removeFiles();
    throw error;
  }
}

async function startScratch(): Promise<EmptyDatabase> {
  const { url, drop } = await createScratchDatabase();
  return { url, remove: drop };
}
