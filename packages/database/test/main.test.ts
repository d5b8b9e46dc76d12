import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
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
    return /^Embedded database ready at (postgres:\S+)\n$/.exec(output.stdout)?.[1] ?? output.stdout;
  };
  return { child, output, exit, url };
}

const onDisk = () => ({
  EMBEDDED_DATABASE_PORT: '0',
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
  const { exit, output } = run({ EMBEDDED_DATABASE_PORT: String(other.port) });
  expect(await exit).toEqual({ code: 1, signal: null });
  expect(output.stderr).toMatch(/^The embedded database cannot listen on 127\.0\.0\.1:\d+: .*EADDRINUSE.*\n$/);
  await other.close();
});

it('ends with one sentence and status 1 when a variable is bad', async () => {
  const { exit, output } = run({ EMBEDDED_DATABASE_PORT: 'many' });
  expect(await exit).toEqual({ code: 1, signal: null });
  expect(output.stderr).toBe('EMBEDDED_DATABASE_PORT must be a port from 0 (any) to 65535, not "many"\n');
});
