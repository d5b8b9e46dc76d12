import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, existsSync, lstatSync, mkdirSync, readdirSync, realpathSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';

const OTHERS = 0o077;

/**
 * Creates a folder that only this user can open, and closes one that is there to others, with everything in it.
 *
 * @returns its canonical path.
 */
export function openPrivateFolder(path: string): string {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const folder = realpathSync(path);
  closeToOthers(folder);
  return folder;
}

/** Takes all rights to a folder and everything in it from other users. PGlite lets everybody write the files that it makes first. */
export function closeToOthers(folder: string): void {
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
export async function initialiseFolder(folder: string): Promise<void> {
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
