import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startEmbeddedDatabase } from '../src/embedded/embedded-database.ts';
import { copyTemplate } from '../src/testing/index.ts';
import { NOTES_MIGRATION, temporaryFolder, writeMigrations } from './migrations-folder.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
const running = new Set<ChildProcess>();
beforeEach(async () => {
  folder = await temporaryFolder();
  await writeMigrations(`${folder.path}/migrations`, [NOTES_MIGRATION]);
});
afterEach(async () => {
  for (const child of running) child.kill('SIGKILL');
  await folder[Symbol.asyncDispose]();
});

const password = 'a-password-of-this-test';

function run(environment: Record<string, string>) {
  const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
  const child = spawn(process.execPath, ['--conditions=@qr/source', '--import', 'tsx', main], {
    env: { PATH: process.env['PATH'], ...environment },
  });
  running.add(child);
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (text) => {
    output.stdout += text;
  });
  child.stderr.on('data', (text) => {
    output.stderr += text;
  });
  const exit = once(child, 'close').then(([code, signal]) => {
    running.delete(child);
    return { code, signal };
  });
  const url = async (): Promise<string> => {
    while (!output.stdout.includes('\n')) {
      if (child.exitCode !== null) throw new Error(`Exited early: ${output.stderr}`);
      await Promise.race([once(child.stdout, 'data'), exit]);
    }
    const [, address = output.stdout] = /^Embedded database ready at ([\d.]+:\d+)\n$/.exec(output.stdout) ?? [];
    return `postgres://postgres:${password}@${address}/postgres`;
  };
  return { child, output, exit, url };
}

const onDisk = () => ({
  EMBEDDED_DATABASE_PORT: '0',
  EMBEDDED_DATABASE_PASSWORD: password,
  EMBEDDED_DATABASE_DIR: `${folder.path}/data`,
  EMBEDDED_DATABASE_MIGRATIONS: `shop=${folder.path}/migrations`,
});

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client(url);
  await client.connect();
  const { rows } = await client.query(sql);
  await client.end();
  return rows;
}

// The first start makes its files on the disk, which a busy machine takes its time for.
it('keeps committed rows through SIGKILL, SIGINT and SIGTERM, and a restart after each', {
  timeout: 120_000,
}, async () => {
  const bodies: string[] = [];
  // The last start only reads.
  for (const signal of ['SIGKILL', 'SIGINT', 'SIGTERM', undefined] as const) {
    const { child, exit, output, url } = run(onDisk());
    const rows = await query(await url(), 'select body from shop.notes order by id');
    expect(rows).toEqual(bodies.map((body) => ({ body })));
    if (signal) {
      bodies.push(`kept through ${signal}`);
      await query(await url(), `insert into shop.notes (body) values ('kept through ${signal}')`);
    }
    child.kill(signal ?? 'SIGKILL');
    const isKilled = (signal ?? 'SIGKILL') === 'SIGKILL';
    expect(await exit).toEqual(isKilled ? { code: null, signal: 'SIGKILL' } : { code: 0, signal: null });
    expect(output.stderr).toBe('');
  }
});

it('ends with one sentence and status 1 when the port is in use', async () => {
  copyTemplate(`${folder.path}/other`);
  const other = await startEmbeddedDatabase({ dataDir: `${folder.path}/other`, migrations: [] });
  const { exit, output } = run({ EMBEDDED_DATABASE_PORT: String(other.port), EMBEDDED_DATABASE_PASSWORD: password });
  expect(await exit).toEqual({ code: 1, signal: null });
  expect(output.stderr).toMatch(/^The embedded database cannot listen on 127\.0\.0\.1:\d+: .*EADDRINUSE.*\n$/);
  await other.close();
});

it('ends with one sentence and status 1 when a variable is bad', async () => {
  const { exit, output } = run({ EMBEDDED_DATABASE_PORT: 'many', EMBEDDED_DATABASE_PASSWORD: password });
  expect(await exit).toEqual({ code: 1, signal: null });
  expect(output.stderr).toBe('EMBEDDED_DATABASE_PORT must be a port from 0 (any) to 65535, not "many"\n');
});

it.each([undefined, '', 'too short', 'a:password@with/other?characters'])(
  'ends with one sentence, which does not show it, when the password is %j',
  async (bad) => {
    const { exit, output } = run({
      EMBEDDED_DATABASE_PORT: '0',
      ...(bad !== undefined && { EMBEDDED_DATABASE_PASSWORD: bad }),
    });
    expect(await exit).toEqual({ code: 1, signal: null });
    expect(output).toEqual({
      stdout: '',
      stderr: 'EMBEDDED_DATABASE_PASSWORD must be 16 or more letters, digits, - or _\n',
    });
  },
);

it('keeps its files from other users, also those that were open to them before', async () => {
  const data = `${folder.path}/data`;
  const names = () => ['.', ...readdirSync(data, { recursive: true, encoding: 'utf8' })];
  copyTemplate(data);
  for (const name of names()) {
    const path = join(data, name);
    chmodSync(path, statSync(path).isDirectory() ? 0o755 : 0o644);
  }
  const { child, exit, url } = run(onDisk());
  await query(await url(), "insert into shop.notes (body) values ('private')");
  child.kill('SIGTERM');
  await exit;
  expect(names().length).toBeGreaterThan(100);
  expect(names().filter((name) => (statSync(join(data, name)).mode & 0o077) !== 0)).toEqual([]);
});

it('makes new files that other users cannot open', async () => {
  const { child, exit, url } = run(onDisk());
  await url();
  child.kill('SIGTERM');
  await exit;
  const names = ['.', ...readdirSync(`${folder.path}/data`, { recursive: true, encoding: 'utf8' })];
  expect(names.filter((name) => (statSync(join(folder.path, 'data', name)).mode & 0o077) !== 0)).toEqual([]);
});
