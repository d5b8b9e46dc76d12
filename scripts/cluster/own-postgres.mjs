import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { giveTo, unprivileged } from './unprivileged.mjs';

/** Where Debian keeps what it does not put on the path. */
const DEBIAN = '/usr/lib/postgresql';
const START_TIMEOUT_MS = 30_000;

/**
 * @typedef {object} OwnServer
 * @property {string} url
 * @property {() => Promise<void>} start
 * @property {() => Promise<void>} kill at once, as a crash does
 * @property {() => Promise<void>} stop
 */

/**
 * A PostgreSQL of our own, with its files in a folder and a new password at each call.
 * @param {{ folder: string, port: number }} options
 * @returns {Promise<OwnServer>}
 * @throws when there is no PostgreSQL on this machine, or it does not start.
 */
export async function startOwnPostgres({ folder, port }) {
  const user = unprivileged();
  const files = join(folder, 'files');
  mkdirSync(folder, { recursive: true });
  giveTo(folder, user);
  chmodSync(folder, 0o700);
  if (!existsSync(join(files, 'PG_VERSION'))) {
    const made = spawnSync(tool('initdb'), ['-D', files, '-U', 'postgres', '-A', 'reject', '-E', 'UTF8', '--no-sync'], {
      ...user,
      encoding: 'utf8',
      cwd: folder,
    });
    if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr || made.error?.message}`);
  }
  const password = randomBytes(24).toString('hex');
  // Also for files that an older version made, which let everybody in. Without a server, so that nobody can be faster.
  const set = spawnSync(tool('postgres'), ['--single', '-D', files, 'postgres'], {
    ...user,
    encoding: 'utf8',
    cwd: folder,
    input: `alter role postgres password '${password}'\n`,
  });
  if (set.status !== 0) throw new Error(`The password of PostgreSQL could not be set: ${set.stderr}`);
  writeFileSync(join(files, 'pg_hba.conf'), 'host all all 127.0.0.1/32 scram-sha-256\n');
  /** @type {import('node:child_process').ChildProcess | undefined} */
  let server;

  async function start() {
    const settings = {
      max_connections: '200',
      fsync: 'off',
      unix_socket_directories: '',
      listen_addresses: '127.0.0.1',
    };
    const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    server = spawn(tool('postgres'), ['-D', files, '-p', String(port), ...args], {
      ...user,
      cwd: folder,
      stdio: 'ignore',
      detached: true,
    });
    const deadline = Date.now() + START_TIMEOUT_MS;
    const isReady = () => spawnSync(tool('pg_isready'), ['-h', '127.0.0.1', '-p', String(port)]).status === 0;
    while (!isReady()) {
      if (server.exitCode !== null) throw new Error(`PostgreSQL ended with ${server.exitCode} while it started.`);
      if (Date.now() > deadline) throw new Error(`PostgreSQL on port ${port} was not ready within 30 s.`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** @param {NodeJS.Signals} signal */
  async function end(signal) {
    if (!server || server.exitCode !== null || server.signalCode !== null) return;
    const exited = once(server, 'exit');
    // Its backends are of its own group: after a SIGKILL of the parent alone they would hold the port for a moment.
    if (signal === 'SIGKILL' && server.pid !== undefined) process.kill(-server.pid, signal);
    else server.kill(signal);
    await exited;
  }

  await start();
  return {
    url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`,
    start,
    kill: () => end('SIGKILL'),
    // Without waiting for clients.
    stop: () => end('SIGINT'),
  };
}

/** @param {string} name */
function tool(name) {
  if (spawnSync(name, ['--version']).status === 0) return name;
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a)) : [];
  for (const version of versions) {
    const path = join(DEBIAN, version, 'bin', name);
    if (existsSync(path)) return path;
  }
  throw new Error(`There is no ${name} on this machine: install PostgreSQL, or set DATABASE_URL.`);
}
