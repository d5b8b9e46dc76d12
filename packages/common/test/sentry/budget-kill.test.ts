import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startInbox } from '@qr/inbox';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { compileTrackedProcess, discard } from '../crash/library.ts';
import { toldBy } from './budget-told.ts';

/** What the killed process could not have on disk yet: it ends its loop turns more often than that. */
const GRACE_MS = 50;

let program: string;
beforeAll(async () => {
  program = await compileTrackedProcess(join(import.meta.dirname, 'budget-process.ts'));
});
afterAll(() => discard(program));

async function startPlatform() {
  const inbox = await startInbox();
  const folder = mkdtempSync(join(tmpdir(), 'budget-'));
  const children: ReturnType<typeof spawn>[] = [];
  onTestFinished(async () => {
    for (const child of children) child.kill('SIGKILL');
    await inbox.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const logOf = (name: string) => join(folder, `${name}.log`);
  return {
    inbox,
    budgetFiles: () => readdirSync(join(folder, 'spool', 'errors', 'budget')),
    start(name: string, routes: string[]) {
      const child = spawn(process.execPath, [program, logOf(name), ...routes], {
        env: {
          PATH: process.env['PATH'],
          NODE_ENV: 'development',
          LOG_LEVEL: 'silent',
          SENTRY_DSN: inbox.dsn('1'),
          SENTRY_TRACES_SAMPLE_RATE: '0',
          OBSERVABILITY_SPOOL_DIR: join(folder, 'spool'),
        },
        stdio: ['ignore', 'ignore', 'inherit'],
      });
      children.push(child);
      const exited = once(child, 'exit');
      return {
        exited,
        async kill() {
          const at = Date.now();
          child.kill('SIGKILL');
          await exited;
          return at;
        },
      };
    },
    /** How many requests of a route had begun, and how many of the answered ones must be accounted for. */
    requests(name: string, route: string, killedAt: number) {
      const lines = existsSync(logOf(name)) ? readFileSync(logOf(name), 'utf8').trim().split('\n') : [];
      const times = (kind: string) =>
        lines.flatMap((line) => {
          const [what, path, time] = line.split(' ');
          return what === kind && path === route ? [Number(time)] : [];
        });
      return {
        begun: times('begun').length,
        answered: times('answered').filter((time) => time < killedAt - GRACE_MS).length,
      };
    },
  };
}

it('after a SIGKILL every 5xx that was answered is told of by the next process, by fingerprint, of two that share the root', async () => {
  const { inbox, start, requests, budgetFiles } = await startPlatform();
  const routes = { one: ['/a', '/b'], two: ['/b', '/c'] };
  const children = { one: start('one', routes.one), two: start('two', routes.two) };
  const progress = (name: keyof typeof routes, route: string) => requests(name, route, Number.POSITIVE_INFINITY).begun;
  await expect
    .poll(() => Math.min(progress('one', '/a'), progress('two', '/c')), { timeout: 30_000, interval: 50 })
    .toBeGreaterThan(300);
  const killed = { one: await children.one.kill(), two: 0 };
  // Starts, takes over from the one, leaves the other alone, and closes.
  await start('three', []).exited;
  const told = () =>
    new Map([...toldBy(inbox)].map(([place, { reported, suppressed }]) => [place, reported + suppressed]));
  const { begun, answered } = requests('one', '/a', killed.one);
  expect(told().get('GET /a')).toBeGreaterThanOrEqual(answered);
  expect(told().get('GET /a')).toBeLessThanOrEqual(begun);

  killed.two = await children.two.kill();
  await start('four', []).exited;
  for (const route of ['/a', '/b', '/c']) {
    const both = (['one', 'two'] as const).map((name) => requests(name, route, killed[name]));
    const sum = (key: 'begun' | 'answered') => both.reduce((total, each) => total + each[key], 0);
    expect(told().get(`GET ${route}`)).toBeGreaterThanOrEqual(sum('answered'));
    expect(told().get(`GET ${route}`)).toBeLessThanOrEqual(sum('begun'));
    expect(sum('begun') - sum('answered')).toBeLessThan(sum('begun') / 2);
  }
  // What is left is the level of the budget, for the next one.
  expect(budgetFiles()).toEqual([expect.stringMatching(/^closed-/)]);
});
