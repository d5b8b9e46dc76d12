import { spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';

const SERVER = 'redis-server';
const CONNECT_TIMEOUT_MS = 3000;

function serverUrl(): string {
  return process.env['TEST_REDIS_URL'] || 'redis://127.0.0.1:6379';
}

/**
 * Whether a Redis answers at `TEST_REDIS_URL` (default: local, port 6379) and `redis-server` can be started. If not, says so on the
 * console, for the suite to skip.
 *
 * @throws in continuous integration (`CI` is set), where a skipped suite would pass unnoticed.
 */
export async function redisAvailable(): Promise<boolean> {
  const problem = await findProblem();
  if (problem === undefined) return true;
  if (process.env['CI']) throw new Error(`${problem}.`);
  console.warn(`${problem}; the Redis tests are SKIPPED.`);
  return false;
}

async function findProblem(): Promise<string | undefined> {
  if (spawnSync(SERVER, ['--version']).status !== 0) return `${SERVER} cannot be run. Install it`;
  const redis = openOnce(serverUrl());
  try {
    await redis.connect();
    return undefined;
  } catch {
    return `Redis at ${new URL(serverUrl()).host} cannot be used. Start it or set TEST_REDIS_URL`;
  } finally {
    redis.disconnect();
  }
}

/** A part of the shared Redis that nobody else uses. */
export interface ScratchRedis {
  readonly url: string;
  readonly prefix: string;
  readonly redis: Redis;
  /** Removes everything under the prefix, as a Redis does that forgets. */
  forgetAll(): Promise<void>;
  close(): Promise<void>;
}

export function openScratchRedis(): ScratchRedis {
  const prefix = `qr-test-${randomUUID()}`;
  const redis = new Redis(serverUrl());
  async function forgetAll(): Promise<void> {
    const keys = await redis.keys(`${prefix}:*`);
    if (keys.length > 0) await redis.del(keys);
  }
  return {
    url: serverUrl(),
    prefix,
    redis,
    forgetAll,
    async close() {
      await forgetAll();
      redis.disconnect();
    },
  };
}

/** A Redis of a test's own, that keeps nothing. */
export interface OwnRedis {
  readonly url: string;
  kill(): Promise<void>;
  /** Stops it without closing its connections. */
  freeze(): void;
  /** At the same address, and empty. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** @param settings further arguments of `redis-server`. */
export async function startOwnRedis(...settings: readonly string[]): Promise<OwnRedis> {
  const folder = mkdtempSync(join(tmpdir(), 'qr-redis-'));
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  let server = await start();

  async function start() {
    const args = ['--port', String(port), '--save', '', '--appendonly', 'no', '--dir', folder, ...settings];
    const child = spawn(SERVER, args, { stdio: 'ignore' });
    const probe = new Redis(url, { lazyConnect: true, retryStrategy: () => 20 });
    probe.on('error', () => {});
    await probe.ping();
    probe.disconnect();
    return child;
  }

  async function kill(): Promise<void> {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const exited = once(server, 'exit');
    server.kill('SIGKILL');
    await exited;
  }

  return {
    url,
    kill,
    freeze: () => {
      server.kill('SIGSTOP');
    },
    async restart() {
      await kill();
      server = await start();
    },
    async close() {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Two servers behind one address, as a managed Redis has it. */
export interface FailoverRedis {
  readonly url: string;
  /** The first becomes a replica of the second, which is what new connections get. Those that are open stay open. */
  failOver(): Promise<void>;
  close(): Promise<void>;
}

export async function startFailoverRedis(): Promise<FailoverRedis> {
  const [first, second] = await Promise.all([startOwnRedis(), startOwnRedis()]);
  const portOf = ({ url }: OwnRedis) => Number(new URL(url).port);
  let port = portOf(first);
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    const upstream = connect(port, '127.0.0.1');
    for (const [from, to] of [
      [socket, upstream],
      [upstream, socket],
    ] as const) {
      sockets.add(from);
      from.pipe(to);
      from.on('error', () => {});
      from.on('close', () => to.destroy());
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `redis://127.0.0.1:${(server.address() as { port: number }).port}`,
    async failOver() {
      const redis = new Redis(first.url);
      // The other one may have missed what came last: it is empty.
      await redis.replicaof('127.0.0.1', portOf(second));
      redis.disconnect();
      port = portOf(second);
    },
    async close() {
      server.close();
      for (const socket of sockets) socket.destroy();
      await Promise.all([first.close(), second.close()]);
    },
  };
}

function openOnce(url: string): Redis {
  const redis = new Redis(url, { lazyConnect: true, connectTimeout: CONNECT_TIMEOUT_MS, retryStrategy: () => null });
  redis.on('error', () => {});
  return redis;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (typeof address !== 'object' || address === null) throw new Error(`Expected a TCP address, got ${address}`);
  return address.port;
}
