import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { serverAddress } from '../connection.ts';
import { startEmbeddedDatabase } from '../embedded/embedded-database.ts';
import { type Database, openDatabase } from '../open-database.ts';
import { copyTemplate } from './template.ts';

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

const DEFAULT_URL = 'postgres://postgres@127.0.0.1:5432/postgres';
const CONNECT_TIMEOUT_MS = 3_000;

export interface ScratchDatabase {
  readonly url: string;
  /** Removes the database, and closes the connections to it. */
  drop(): Promise<void>;
}

/**
 * Whether a PostgreSQL server answers at `TEST_DATABASE_URL` (default: local, port 5432). If not, says so on the
 * console, for the suite to skip.
 *
 * @throws in continuous integration (`CI` is set), where a skipped suite would pass unnoticed.
 */
export async function postgresAvailable(): Promise<boolean> {
  try {
    await onServer('select 1');
    return true;
  } catch (error) {
    const message =
      `PostgreSQL at ${serverAddress(serverUrl())} cannot be used: ${reason(error)}. ` +
      'Start it or set TEST_DATABASE_URL';
    if (process.env['CI']) throw new Error(`${message}.`, { cause: error });
    console.warn(`${message}; the PostgreSQL tests are SKIPPED.`);
    return false;
  }
}

export async function createScratchDatabase(): Promise<ScratchDatabase> {
  const name = `qr_test_${randomUUID().replaceAll('-', '')}`;
  await onServer(`create database ${name}`);
  const url = new URL(serverUrl());
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => onServer(`drop database if exists ${name} with (force)`) };
}

async function onServer(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl(), connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  try {
    await client.connect();
    await client.query(statement);
  } finally {
    await client.end();
  }
}

function serverUrl(): string {
  return process.env['TEST_DATABASE_URL'] || DEFAULT_URL;
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message || ('code' in error ? String(error.code) : error.name);
}

export { copyTemplate };
