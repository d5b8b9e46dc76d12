import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, existsSync, lstatSync, mkdirSync, readdirSync, realpathSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { createConnectionPool } from '../connection.ts';
import { applyMigrations, type SchemaMigrations } from '../migrations.ts';
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

const OTHERS = 0o077;

/**
 * Creates a folder that only this user can open, and closes one that is there to others, with everything in it.
 *
 * @returns its canonical path.
 */
function openPrivateFolder(path: string): string {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const folder = realpathSync(path);
  closeToOthers(folder);
  return folder;
}

/** Takes all rights to a folder and everything in it from other users. PGlite lets everybody write the files that it makes first. */
function closeToOthers(folder: string): void {
  // The folder first: nothing in it can be reached from then on.
  closeOne(folder);
  // At once: a thousand small files one by one through the thread pool take twice the processor time.
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) closeOne(join(folder, name));
}

function closeOne(path: string): void {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined || stats.isSymbolicLink() || (stats.mode & OTHERS) === 0) return;
  chmodSync(path, stats.mode & 0o700);
}

/**
 * Makes the files of a new database in a process of its own, unless they are there.
 *
 * Making them takes 800 MB, which WebAssembly memory never gives back; opening them takes 300.
 *
 * @throws with the last words of the process when it fails.
 */
async function initialiseFolder(folder: string): Promise<void> {
  if (existsSync(join(folder, 'PG_VERSION'))) return;
  const script = join(import.meta.dirname, `initialise${extname(import.meta.filename)}`);
  const child = spawn(process.execPath, [...process.execArgv, script, folder], { stdio: ['ignore', 'ignore', 'pipe'] });
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => {
    complaint = `${complaint}${chunk.toString()}`.slice(-2000);
  });
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`The embedded database could not make its files in ${folder}: ${complaint.trim()}`);
}

/**
 * Makes this process the only owner of a folder, as two PGlite processes on one folder destroy it.
 *
 * The lock is a listening local socket: it ends with the process however that dies, and no other process can
 * be taken for its owner, as happens with a file that holds a process id.
 *
 * @param folder canonical path
 * @returns the release of the lock
 * @throws if another process owns the folder
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  const path = socketPath(folder);
  const server = (await listen(path)) ?? (await replaceStale(path));
  if (server === undefined) {
    throw new Error(`${folder} is in use by another embedded database. Stop that process, or name another folder.`);
  }
  // The lock alone should keep no process alive.
  server.unref();
  return async () => {
    server.close();
    await once(server, 'close');
  };
}

async function replaceStale(path: string): Promise<Server | undefined> {
  if (await isAnswered(path)) return undefined;
  await rm(path, { force: true });
  return listen(path);
}

/** Resolves to nothing if the path is taken. */
async function listen(path: string): Promise<Server | undefined> {
  const server = createServer((connection) => connection.destroy());
  server.listen(path);
  try {
    await once(server, 'listening');
    return server;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') return undefined;
    throw error;
  }
}

async function isAnswered(path: string): Promise<boolean> {
  const probe = connect(path);
  try {
    await once(probe, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    probe.destroy();
  }
}

/** Not inside the folder: the path of a Unix socket may have about 100 bytes. */
function socketPath(folder: string): string {
  const name = `qr-database-${createHash('sha256').update(folder).digest('hex').slice(0, 24)}`;
  return process.platform === 'win32' ? `\\\\.\\pipe\\${name}` : join(tmpdir(), `${name}.sock`);
}
