import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startOwnPostgres, startOwnRedis } from '../cluster/own-servers.mjs';
import { startPlatform } from '../platform/platform.mjs';
import { freePorts } from '../platform/ports.mjs';
import { platformProcesses } from '../platform/processes.mjs';
import { developmentSecrets } from '../platform/secrets.mjs';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'qr-private-data-'));
  // The servers of the cluster are another user's when this one is root.
  chmodSync(folder, 0o711);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const modeOf = (path: string) => statSync(path).mode & 0o777;

describe('the data of the platform', () => {
  it('lies in a folder that is closed to other users, also when it was open before', async () => {
    const dataDir = join(folder, 'data');
    mkdirSync(dataDir, { mode: 0o755 });
    chmodSync(dataDir, 0o755);
    const stopped = new AbortController();
    stopped.abort(new Error('stopped'));
    const options = { ports: await freePorts(), dataDir, webRoot: folder, secrets: developmentSecrets(dataDir) };
    await expect(startPlatform({ ...options, log: () => undefined, signal: stopped.signal })).rejects.toThrow(
      'stopped',
    );
    expect(modeOf(dataDir)).toBe(0o700);
    expect(modeOf(join(dataDir, 'secrets.json'))).toBe(0o600);
  });

  it('is reached with a password that is made once and given to nobody but the database and its clients', async () => {
    const dataDir = join(folder, 'fresh/data');
    const secrets = developmentSecrets(dataDir);
    expect(modeOf(dataDir)).toBe(0o700);
    expect(developmentSecrets(dataDir)).toEqual(secrets);
    const password = secrets['EMBEDDED_DATABASE_PASSWORD'] ?? '';
    expect(password).toMatch(/^[0-9a-f]{64}$/);
    const specs = platformProcesses({ ports: await freePorts(), dataDir, webRoot: folder, secrets }).flat();
    const holders = specs.filter(({ env }) => Object.values(env).some((value) => value?.includes(password)));
    expect(holders.map(({ name }) => name)).not.toContain('inbox');
    for (const { args } of specs) expect(args.join(' ')).not.toContain(password);
    const database = specs.find(({ name }) => name === 'database');
    expect(database?.env['EMBEDDED_DATABASE_PASSWORD']).toBe(password);
    const service = specs.find(({ name }) => name === 'qr-service');
    expect(service?.env['DATABASE_URL']).toContain(`:${password}@`);
    expect(service?.env['EMBEDDED_DATABASE_PASSWORD']).toBeUndefined();
  });
});

describe.runIf(isInstalled('redis-server'))('the Redis of the cluster', () => {
  it('refuses who does not know the password, which its arguments do not show', async () => {
    const { inbox: port } = await freePorts();
    const redis = await startOwnRedis({ folder: join(folder, 'redis'), port });
    const { password } = new URL(redis.url);
    expect(await ask(port, 'KEYS *\r\n')).toContain('NOAUTH');
    expect(await ask(port, `AUTH ${password}\r\nKEYS *\r\n`)).toBe('+OK\r\n*0\r\n');
    expect(argumentsOfAll()).not.toContain(password);
    expect(modeOf(join(folder, 'redis'))).toBe(0o700);
    await redis.kill();
    await redis.start();
    expect(await ask(port, 'KEYS *\r\n')).toContain('NOAUTH');
    await redis.stop();
  });
});

describe.runIf(isInstalled('postgres') && isInstalled('psql'))('the PostgreSQL of the cluster', () => {
  it('refuses who does not know the password, also with files that let everybody in before', async () => {
    const { database: port } = await freePorts();
    const files = join(folder, 'postgres');
    const first = await startOwnPostgres({ folder: files, port });
    expect(psql(first.url)).toBe('1');
    expect(psql(`postgres://postgres@127.0.0.1:${port}/postgres`)).toMatch(/password/);
    await first.stop();
    const second = await startOwnPostgres({ folder: files, port });
    expect(psql(first.url)).toMatch(/password authentication failed/);
    expect(psql(second.url)).toBe('1');
    await second.stop();
  });
});

function isInstalled(program: string): boolean {
  return spawnSync(program, ['--version']).status === 0;
}

/** Sends some bytes and resolves to the first answer. */
function ask(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    let answer = '';
    socket.on('data', (data) => {
      answer += data.toString();
      if (answer.split('\r\n').length <= text.split('\r\n').length - 1) return;
      socket.destroy();
      resolve(answer);
    });
    socket.once('error', reject);
  });
}

/** What every user of this machine can read of every process. */
function argumentsOfAll(): string {
  return spawnSync('ps', ['-eo', 'args'], { encoding: 'utf8' }).stdout || readFileSync('/proc/self/cmdline', 'utf8');
}

function psql(url: string): string {
  const { stdout, stderr } = spawnSync('psql', [url, '-w', '-Atc', 'select 1'], { encoding: 'utf8' });
  return (stdout || stderr).trim();
}
