import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startInbox } from '@qr/inbox';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { compileTrackedProcess, discard } from '../crash/library.ts';

let program: string;
beforeAll(async () => {
  program = await compileTrackedProcess(join(import.meta.dirname, 'uncaught-process.ts'));
}, 60_000);
afterAll(() => discard(program));

async function run(ending: string, nodeOptions: readonly string[] = []) {
  const inbox = await startInbox();
  const folder = mkdtempSync(join(tmpdir(), 'uncaught-'));
  onTestFinished(async () => {
    await inbox.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const child = spawn(process.execPath, [...nodeOptions, program, ending], {
    env: { ...process.env, NODE_ENV: 'development', SENTRY_DSN: inbox.dsn('1'), OBSERVABILITY_SPOOL_DIR: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += String(chunk);
    });
  }
  const [code] = (await once(child, 'exit')) as [number | null];
  return { code, output, errors: inbox.errors() };
}

describe.each(['throw', 'reject'])('a process that ends of what nobody caught, by %s', (way) => {
  it.each([
    ['a stack that is a number', 'nobody caught this'],
    ['a stack of call sites', 'nobody caught this'],
    ['a symbol', 'Symbol(nobody caught this)'],
    ['a getter that throws', 'nobody caught this'],
    ['a proxy that refuses', 'An error that refuses to be read'],
    ['an object', 'E_GONE: nobody caught this'],
    ['nothing', 'undefined'],
  ])('reports %s, prints it and ends with 1', async (kind, value) => {
    const { code, errors, output } = await run(`${way}: ${kind}`);
    expect(code).toBe(1);
    expect(errors).toMatchObject([
      { value: expect.stringContaining(value), level: 'fatal', service: 'uncaught-service' },
    ]);
    expect(output).toContain(value);
  });

  it('prints what it holds without secrets', async () => {
    const { output, errors } = await run(`${way}: an error with secrets`);
    expect(errors).toHaveLength(1);
    expect(output).toContain('nobody caught this');
    expect(output).toContain('Authorization');
    expect(output).not.toContain('canary-in-header');
  });
});

describe('a process that was told to go on', () => {
  it.each(['warn', 'none'])('reports rejections with --unhandled-rejections=%s', async (mode) => {
    const { code, errors } = await run('reject: an object', [`--unhandled-rejections=${mode}`]);
    expect(code).toBe(0);
    expect(errors).toMatchObject([{ value: 'E_GONE: nobody caught this', level: 'error' }]);
  });

  it('ends with --unhandled-rejections=strict, reported once', async () => {
    const { code, errors } = await run('reject: a getter that throws', ['--unhandled-rejections=strict']);
    expect(code).toBe(1);
    expect(errors).toHaveLength(1);
  });
});

describe('an uncaught error of a worker thread', () => {
  it.each([
    ['that nobody hears of', 'worker: unheard', 1],
    ['that the main thread hears of', 'worker: heard', 0],
    ['with error tracking of its own, unheard', 'worker: unheard, with tracking', 1],
    ['with error tracking of its own, heard', 'worker: heard, with tracking', 0],
  ])('%s is reported once', async (_, ending, exitCode) => {
    const { code, errors } = await run(ending);
    expect(code).toBe(exitCode);
    expect(errors).toMatchObject([{ type: 'TypeError', value: 'nobody caught this in the worker' }]);
  });
});
