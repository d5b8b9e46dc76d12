import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';

/** Where Debian keeps what it does not put on the path. */
const DEBIAN = '/usr/lib/postgresql';

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
  const user = makeFolder(folder);
  const files = join(folder, 'files');
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
  const settings = {
    max_connections: '200',
    fsync: 'off',
    unix_socket_directories: '',
    listen_addresses: '127.0.0.1',
  };
  const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return startServer({
    name: 'PostgreSQL',
    url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`,
    run: () =>
      spawn(tool('postgres'), ['-D', files, '-p', String(port), ...args], {
        ...user,
        cwd: folder,
        stdio: 'ignore',
        detached: true,
      }),
    isReady: async () => spawnSync(tool('pg_isready'), ['-h', '127.0.0.1', '-p', String(port)]).status === 0,
    timeoutMs: 30_000,
    // Without waiting for clients.
    stopSignal: 'SIGINT',
  });
}

/**
 * A Redis of our own, with its files in a folder and a new password at each call.
 * @param {{ folder: string, port: number, keepsData?: boolean }} options `keepsData`: whether it writes a log (every second) and reads it again
 * @returns {Promise<OwnServer>}
 * @throws when there is no Redis on this machine, or it does not start.
 */
export async function startOwnRedis({ folder, port, keepsData = true }) {
  if (spawnSync('redis-server', ['--version']).status !== 0)
    throw new Error('There is no redis-server on this machine: install Redis, or set OBSERVABILITY_REDIS_URL.');
  const user = makeFolder(folder);
  const password = randomBytes(24).toString('hex');
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', ''];
  return startServer({
    name: 'Redis',
    url: `redis://:${password}@127.0.0.1:${port}`,
    run: () => {
      const server = spawn('redis-server', ['-', ...args, '--appendonly', keepsData ? 'yes' : 'no'], {
        ...user,
        cwd: folder,
        stdio: ['pipe', 'ignore', 'ignore'],
        detached: true,
      });
      // Not as an argument, which every user of the machine can read.
      server.stdin.end(`requirepass ${password}\n`);
      return server;
    },
    isReady: () => answersPing(port, password),
    timeoutMs: 10_000,
    stopSignal: 'SIGTERM',
  });
}

/**
 * Starts a server, waits until it is ready, and returns how to end it and to start it again.
 * @param {{ name: string, url: string, run: () => import('node:child_process').ChildProcess, isReady: () => Promise<boolean>, timeoutMs: number, stopSignal: NodeJS.Signals }} options
 * @returns {Promise<OwnServer>}
 */
async function startServer({ name, url, run, isReady, timeoutMs, stopSignal }) {
  /** @type {import('node:child_process').ChildProcess | undefined} */
  let server;

  async function start() {
    server = run();
    const deadline = Date.now() + timeoutMs;
    while (!(await isReady())) {
      if (server.exitCode !== null) throw new Error(`${name} ended with ${server.exitCode} while it started.`);
      if (Date.now() > deadline)
        throw new Error(`${name} at ${new URL(url).host} was not ready within ${timeoutMs / 1000} s.`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** @param {NodeJS.Signals} signal */
  async function end(signal) {
    if (!server || server.exitCode !== null || server.signalCode !== null) return;
    const exited = once(server, 'exit');
    // The backends of PostgreSQL are of its own group: after a SIGKILL of the parent alone they would hold the port for a moment.
    if (signal === 'SIGKILL' && server.pid !== undefined) process.kill(-server.pid, signal);
    else server.kill(signal);
    await exited;
  }

  await start();
  return { url, start, kill: () => end('SIGKILL'), stop: () => end(stopSignal) };
}

/** Makes a folder that only the server's user can open. @param {string} folder @returns {User} */
function makeFolder(folder) {
  const user = unprivileged();
  mkdirSync(folder, { recursive: true });
  if (user.uid !== undefined) chownSync(folder, user.uid, user.gid);
  chmodSync(folder, 0o700);
  return user;
}

/** @typedef {{ uid: number, gid: number } | { uid?: never, gid?: never }} User */

/**
 * The user as whom a database server runs when we are root, which PostgreSQL refuses to be; nothing when we are not.
 * @returns {User}
 */
function unprivileged() {
  if (process.getuid?.() !== 0) return {};
  for (const name of ['postgres', 'nobody']) {
    const [uid, gid] = ['-u', '-g'].map((flag) => Number(spawnSync('id', [flag, name], { encoding: 'utf8' }).stdout));
    if (uid && gid) return { uid, gid };
  }
  throw new Error('PostgreSQL cannot run as root, and there is neither a user "postgres" nor "nobody" to run it as.');
}

/** Not while it loads what it had kept. @param {number} port @param {string} password @returns {Promise<boolean>} */
function answersPing(port, password) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(`AUTH ${password}\r\nPING\r\n`));
    socket.setTimeout(500, () => socket.destroy());
    let answer = '';
    socket.on('data', (data) => {
      answer += data.toString();
      if (answer.split('\r\n').length < 3) return;
      resolve(answer === '+OK\r\n+PONG\r\n');
      socket.destroy();
    });
    socket.once('error', () => resolve(false));
    socket.once('close', () => resolve(false));
  });
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
