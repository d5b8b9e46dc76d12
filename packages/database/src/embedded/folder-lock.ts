import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

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
