import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, mkdirSync } from 'node:fs';
import { connect } from 'node:net';
import { giveTo, unprivileged } from './unprivileged.mjs';

const START_TIMEOUT_MS = 10_000;

/**
 * A Redis of our own, with its files in a folder and a new password at each call.
 * @param {{ folder: string, port: number, keepsData?: boolean }} options `keepsData`: whether it writes a log (every second) and reads it again
 * @returns {Promise<import('./own-postgres.mjs').OwnServer>}
 * @throws when there is no Redis on this machine, or it does not start.
 */
export async function startOwnRedis({ folder, port, keepsData = true }) {
  const user = unprivileged();
  if (spawnSync('redis-server', ['--version']).status !== 0)
    throw new Error('There is no redis-server on this machine: install Redis, or set OBSERVABILITY_REDIS_URL.');
  mkdirSync(folder, { recursive: true });
  giveTo(folder, user);
  chmodSync(folder, 0o700);
  const password = randomBytes(24).toString('hex');
  /** @type {import('node:child_process').ChildProcess | undefined} */
  let server;

  async function start() {
    const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', ''];
    server = spawn('redis-server', ['-', ...args, '--appendonly', keepsData ? 'yes' : 'no'], {
      ...user,
      cwd: folder,
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
    });
    // Not as an argument, which every user of the machine can read.
    server.stdin?.end(`requirepass ${password}\n`);
    const deadline = Date.now() + START_TIMEOUT_MS;
    while (!(await answersPing(port, password))) {
      if (server.exitCode !== null) throw new Error(`Redis ended with ${server.exitCode} while it started.`);
      if (Date.now() > deadline) throw new Error(`Redis on port ${port} was not ready within 10 s.`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** @param {NodeJS.Signals} signal */
  async function end(signal) {
    if (!server || server.exitCode !== null || server.signalCode !== null) return;
    const exited = once(server, 'exit');
    server.kill(signal);
    await exited;
  }

  await start();
  return {
    url: `redis://:${password}@127.0.0.1:${port}`,
    start,
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
  };
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
