import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createConnectionPool } from '../connection.ts';
import { applyMigrations, type SchemaMigrations } from '../migrations.ts';
import { closeToOthers, initialiseFolder, lockFolder, openPrivateFolder } from './folder.ts';
import { SharedSession, startGuardedServer } from './guarded-server.ts';

export interface EmbeddedDatabaseOptions {
  /** Folder of the data, created if need be. Absent: in memory. */
  readonly dataDir?: string;
  /** 0 takes any free port. @default 0 */
  readonly port?: number;
  /** @default '127.0.0.1' */
  readonly host?: string;
  /** What clients must know: 16 or more letters, digits, `-` or `_`. @default made up for this start */
  readonly password?: string;
  /** Makes the files of a new database in a process of its own, so that this one stays small. @default false */
  readonly isolateFirstStart?: boolean;
  /** What to migrate before `startEmbeddedDatabase` resolves. */
  readonly migrations: readonly SchemaMigrations[];
}

export interface EmbeddedDatabase {
  /** For `DATABASE_URL`; the password is in it. */
  readonly url: string;
  readonly port: number;
  /** Disconnects the clients and leaves the data consistent on disk. Safe to call again. */
  close(): Promise<void>;
}

/**
 * Starts PGlite in this process, serves it over the PostgreSQL protocol and applies the migrations.
 *
 * @throws if the password is too simple, the port or the folder is in use, the folder cannot be opened, or a migration fails.
 */
export async function startEmbeddedDatabase({
  dataDir,
  port = 0,
  host = '127.0.0.1',
  password = randomBytes(24).toString('base64url'),
  isolateFirstStart = false,
  migrations,
}: EmbeddedDatabaseOptions): Promise<EmbeddedDatabase> {
  if (!isPassword(password))
    throw new Error('The embedded database cannot start: its password must be 16 or more letters, digits, - or _.');
  const undo: (() => Promise<unknown>)[] = [];
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing ??= runInReverse(undo);
    return closing;
  };

  try {
    await assertPortFree(port, host);
    const folder = dataDir === undefined ? undefined : openPrivateFolder(dataDir);
    if (folder !== undefined) undo.push(await lockFolder(folder));
    if (folder !== undefined && isolateFirstStart) await initialiseFolder(folder);
    const session = await openSession(folder);
    undo.push(async () => {
      await session.close();
      if (folder !== undefined) closeToOthers(folder);
    });
    await migrateAll(session, password, migrations);
    if (folder !== undefined) closeToOthers(folder);
    // Only now, so that whoever can connect finds the schemas migrated.
    const { url, port: boundPort, stop } = await startGuardedServer(session, { port, host, password });
    undo.push(stop);
    return { url, port: boundPort, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Long enough to be no word, and in need of no escapes in a URL. */
export function isPassword(value: string | undefined): value is string {
  return value !== undefined && /^[\w-]{16,}$/.test(value);
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
async function migrateAll(
  session: SharedSession,
  password: string,
  migrations: readonly SchemaMigrations[],
): Promise<void> {
  const server = await startGuardedServer(session, { port: 0, host: '127.0.0.1', password });
  const { pool, close } = createConnectionPool({
    url: server.url,
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

async function runInReverse(steps: readonly (() => Promise<unknown>)[]): Promise<void> {
  for (const step of steps.toReversed()) await step();
}
