import { once } from 'node:events';
import { mkdir, realpath } from 'node:fs/promises';
import { createServer } from 'node:net';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';
import { createConnectionPool } from '../connection-pool.ts';
import { applyMigrations, type SchemaMigrations } from '../migrations.ts';
import { initialiseFolder } from './first-start.ts';
import { lockFolder } from './folder-lock.ts';
import { SharedSession } from './shared-session.ts';

/** Far above the pools of all services together: a refused client would read the refusal as a broken protocol. */
const MAX_CONNECTIONS = 500;

/**
 * A client that is silent for so long is cut off and its open transaction, for which all others wait, rolled back.
 * Six times what a pool keeps an idle connection, so that only a stuck one is hit.
 */
const IDLE_TIMEOUT_MS = 60_000;

export interface EmbeddedDatabaseOptions {
  /** Folder of the data, created if need be. Absent: in memory. */
  readonly dataDir?: string;
  /** 0 takes any free port. @default 0 */
  readonly port?: number;
  /** @default '127.0.0.1' */
  readonly host?: string;
  /** Makes the files of a new database in a process of its own, so that this one stays small. @default false */
  readonly isolateFirstStart?: boolean;
  /** What to migrate before `startEmbeddedDatabase` resolves. */
  readonly migrations: readonly SchemaMigrations[];
}

export interface EmbeddedDatabase {
  /** For `DATABASE_URL`. */
  readonly url: string;
  readonly port: number;
  /** Disconnects the clients and leaves the data consistent on disk. Safe to call again. */
  close(): Promise<void>;
}

/**
 * Starts PGlite in this process, serves it over the PostgreSQL protocol and applies the migrations.
 *
 * @throws if the port or the folder is in use, the folder cannot be opened, or a migration fails.
 */
export async function startEmbeddedDatabase({
  dataDir,
  port = 0,
  host = '127.0.0.1',
  isolateFirstStart = false,
  migrations,
}: EmbeddedDatabaseOptions): Promise<EmbeddedDatabase> {
  const undo: (() => Promise<unknown>)[] = [];
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing ??= runInReverse(undo);
    return closing;
  };

  try {
    await assertPortFree(port, host);
    const folder = dataDir === undefined ? undefined : await createFolder(dataDir);
    if (folder !== undefined) undo.push(await lockFolder(folder));
    if (folder !== undefined && isolateFirstStart) await initialiseFolder(folder);
    const session = await openSession(folder);
    undo.push(() => session.close());
    await migrateAll(session, migrations);
    // Only now, so that whoever can connect finds the schemas migrated.
    const server = createServerFor(session, { port, host });
    await server.start();
    undo.push(() => server.stop());
    const url = urlOf(server);
    return { url, port: Number(new URL(url).port), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Before PGlite starts, which takes seconds the first time. */
async function assertPortFree(port: number, host: string): Promise<void> {
  const probe = createServer().listen(port, host);
  try {
    await once(probe, 'listening');
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new Error(`The embedded database cannot listen on ${host}:${port}: ${message}. Is it running already?`, {
      cause: error,
    });
  }
  probe.close();
  await once(probe, 'close');
}

async function createFolder(dataDir: string): Promise<string> {
  await mkdir(dataDir, { recursive: true });
  return realpath(dataDir);
}

async function openSession(folder: string | undefined): Promise<SharedSession> {
  try {
    const session = new SharedSession(folder);
    await session.waitReady;
    return session;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new Error(
      `The embedded database cannot open ${folder ?? 'its memory'}: ${message}. Delete the folder to start afresh.`,
      { cause: error },
    );
  }
}

/** Over a connection of its own, by the code that migrates a real server, so that a migration behaves the same on both. */
async function migrateAll(session: SharedSession, migrations: readonly SchemaMigrations[]): Promise<void> {
  const server = createServerFor(session, { port: 0, host: '127.0.0.1' });
  await server.start();
  const { pool, close } = createConnectionPool({
    url: urlOf(server),
    maxConnections: 1,
    connectTimeoutMs: 10_000,
    applicationName: 'migrations',
  });
  try {
    for (const each of migrations) await applyMigrations(pool, each);
  } finally {
    await close();
    await server.stop();
  }
}

function createServerFor(
  session: SharedSession,
  address: { readonly port: number; readonly host: string },
): PGLiteSocketServer {
  return new PGLiteSocketServer({
    ...address,
    db: session,
    maxConnections: MAX_CONNECTIONS,
    idleTimeout: IDLE_TIMEOUT_MS,
  });
}

function urlOf(server: PGLiteSocketServer): string {
  return `postgres://postgres@${server.getServerConn()}/postgres`;
}

async function runInReverse(steps: readonly (() => Promise<unknown>)[]): Promise<void> {
  for (const step of steps.toReversed()) await step();
}
