import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startInbox } from '@qr/inbox';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  captureException,
  closeObservability,
  flushObservability,
  initializeSentry,
  observabilityStats,
} from '../../src/index.ts';
import { core } from '../../src/instance.ts';
import { setEnv } from '../start-observed.ts';

const inbox = await startInbox();
const spoolDir = mkdtempSync(join(tmpdir(), 'budget-damage-'));
const folder = join(spoolDir, 'errors/budget');
const restore = setEnv({
  NODE_ENV: 'test',
  SENTRY_DSN: inbox.dsn('1'),
  SENTRY_ERROR_BUDGET_PER_MONTH: '5000',
  OBSERVABILITY_SPOOL_DIR: spoolDir,
  OBSERVABILITY_REDIS_URL: undefined,
});
/** The books that an earlier process left when it closed. */
let left = '';

beforeAll(async () => {
  initializeSentry('test-service');
  for (let number = 0; number < 20; number++) captureException(new Error('the same'));
  captureException(new TypeError('another'));
  await flushObservability();
  const [name = ''] = readdirSync(folder);
  left = readFileSync(join(folder, name), 'utf8');
  await closeObservability();
});
afterAll(async () => {
  await closeObservability();
  await inbox.close();
  restore();
  rmSync(spoolDir, { recursive: true, force: true });
});

let warn = vi.spyOn(console, 'warn');
beforeEach(async () => {
  await closeObservability();
  rmSync(folder, { recursive: true, force: true });
  core.warnOnce.reset();
  inbox.clear();
  warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  warn.mockClear();
});

/** Starts with what is in the folder; returns how many damaged lines there were. */
async function startAndReport(): Promise<number> {
  initializeSentry('test-service');
  const { damaged } = observabilityStats().errorBudget;
  const id = captureException(new RangeError(`new ${Math.random().toString(36)}`));
  await flushObservability();
  expect(inbox.errors().map(({ eventId }) => eventId)).toContain(id);
  await closeObservability();
  return damaged;
}

function leave(text: string | Buffer, name = 'closed-earlier.log'): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), text);
}

describe('a new error arrives, and the process starts, when the books', () => {
  it('have one flipped bit, wherever it is; a damaged line is counted once and never read again', async () => {
    const bytes = Buffer.from(left);
    let found = 0;
    for (let at = 3; at < bytes.length; at += Math.ceil(bytes.length / 40)) {
      const flipped = Buffer.from(bytes);
      flipped[at] = (flipped[at] ?? 0) ^ (1 << (at % 8));
      rmSync(folder, { recursive: true, force: true });
      leave(flipped);
      found += await startAndReport();
      expect(await startAndReport()).toBe(0);
    }
    expect(found).toBeGreaterThan(0);
    expect(warn.mock.calls.map(String).join()).toContain('lines of the error budget were damaged');
  });

  it.each([
    ['[1,2]'],
    ['{"a":1}'],
    ['null'],
    ['"text"'],
    ['{"total":{"level":1,"at":1},"kind":null}'],
    ['{"total":{"level":1,"at":1},"kind":{"fingerprint":"f"}}'],
    ['{"total":{"level":1,"at":1},"kind":{"fingerprint":"__proto__","bucket":7}}'],
    ['{"total":{"level":"x","at":1}}'],
    ['{"total":{"level":null,"at":1}}'],
    ['{"total":[]}'],
    ['{"total":{"level":1,"at":1},"kind":'],
    ['s 0123456789ab 0123456789abcdef0123456789abcdef'],
    [''],
    ['\u0000\u0000\u0000'],
  ])('have the line %j', async (line) => {
    leave(`${line}\n${left}`);
    expect(await startAndReport()).toBe(1);
    expect(await startAndReport()).toBe(0);
  });

  it('say that the budget is overdrawn without end', async () => {
    leave(`{"total":{"level":-1000000000,"at":${Date.now()}}}\n`);
    initializeSentry('test-service');
    expect(observabilityStats().errorBudget.damaged).toBe(0);
    // One of a kind is sent for each doubling, however little room there is; the rest is told of at the end.
    captureException(new RangeError('new'));
    await closeObservability();
    expect(inbox.errors().length).toBeGreaterThan(0);
  });

  it.each([
    ['a folder', (path: string) => mkdirSync(path)],
    ['a pipe', (path: string) => execFileSync('mkfifo', [path])],
    ['a link to nothing', (path: string) => symlinkSync('/nowhere', path)],
    ['a link to a device', (path: string) => symlinkSync('/dev/zero', path)],
    ['empty', (path: string) => writeFileSync(path, '')],
    ['noise', (path: string) => writeFileSync(path, Buffer.alloc(100_000, 0xa5))],
  ])('are %s', async (_what, make) => {
    mkdirSync(folder, { recursive: true });
    make(join(folder, 'closed-earlier.log'));
    await startAndReport();
    await startAndReport();
  });

  it('have no folder to be in', async () => {
    mkdirSync(join(spoolDir, 'errors'), { recursive: true });
    writeFileSync(folder, 'a file');
    expect(await startAndReport()).toBe(0);
    expect(warn.mock.calls.map(String).join()).toContain('OBSERVABILITY_SPOOL_DIR');
    rmSync(folder);
  });
});

it('goes on with the books of others when those of one are damaged', async () => {
  leave('[1,2]\n', 'closed-first.log');
  leave(left, 'closed-second.log');
  const [line = ''] = left.split('\n').filter((each) => each.includes('"kind"'));
  const { total, kind } = JSON.parse(line) as { readonly total: object; readonly kind: object };
  const third = {
    total,
    kind: { ...kind, fingerprint: '0123456789ab', unannounced: 1, ids: ['0'.repeat(32)], inFlight: [] },
  };
  leave(`${JSON.stringify(third)}\n`, 'closed-third.log');
  initializeSentry('test-service');
  expect(observabilityStats().errorBudget.unannounced).toBe(1);
});
