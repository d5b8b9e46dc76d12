import { appendFileSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { uuid4 } from '@sentry/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type BudgetStore, type KeptKind, openBudgetStore } from '../../../telemetry/src/errors/budget-store.ts';
import { createErrorBudget, type ErrorBudget, type Summary } from '../../../telemetry/src/errors/rate-limit.ts';

let folder: string;
const open: { close(): void }[] = [];
const said: string[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'budget-store-'));
  said.length = 0;
});
afterEach(() => {
  for (const store of open.splice(0)) store.close();
  rmSync(folder, { recursive: true, force: true });
});

function openStore(root = folder): BudgetStore {
  const store = openBudgetStore(root, { level: 5, at: 1 }, (message) => said.push(message));
  open.push(store);
  return store;
}

const files = () => readdirSync(folder).sort();

/** Makes the file of a living process that of a killed one: no process has that number. */
function bury(name: string): string {
  const dead = name.replace(/-\d+-0-\d+-([0-9a-f]{8}-[0-9a-f]{12})\.log$/, '-999999999-0-1-$1.log');
  renameSync(join(folder, name), join(folder, dead));
  return dead;
}

function kindOf(fingerprint: string): KeptKind {
  const counters = { taken: 0, step: 0, since: 0, unannounced: 1, waitingSince: 1 };
  return { fingerprint, title: 'Error', bucket: { level: 1, at: 1 }, ...counters, ids: [], inFlight: [] };
}

function leaveBehind(...fingerprints: readonly string[]): string {
  const store = openBudgetStore(folder, { level: 5, at: 1 }, (message) => said.push(message));
  const before = files();
  for (const fingerprint of fingerprints) store.append(kindOf(fingerprint));
  store.commit();
  return bury(files().find((name) => !before.includes(name)) ?? '');
}

/** Claims what ended processes left, and returns the fingerprints of each. */
function fingerprintsOf(store: BudgetStore): string[][] {
  return store.takeOver().map(({ kinds }) => kinds.map(({ fingerprint }) => fingerprint));
}

describe('the file of a process', () => {
  it('has every change as soon as the loop turn ends', async () => {
    const store = openStore();
    const one = kindOf('one');
    store.append(one);
    one.unannounced = 2;
    store.append(one);
    store.append(kindOf('two'));
    expect(files()).toEqual([]);
    await nextTurn();
    const [name = ''] = files();
    const lines = readFileSync(join(folder, name), 'utf8').trim().split('\n');
    expect(lines.map((line) => JSON.parse(line).kind)).toMatchObject([
      { fingerprint: 'one', unannounced: 2 },
      { fingerprint: 'two', unannounced: 1 },
    ]);
  });

  it('has only the id of one more suppressed error, once it has the kind', async () => {
    const store = openStore();
    const one = kindOf('one');
    store.append(one, 'e1');
    await nextTurn();
    store.append(one, 'e2');
    await nextTurn();
    store.close();
    const [name = ''] = files();
    expect(readFileSync(join(folder, name), 'utf8')).toMatch(/\n\["one","e2"\]\n$/);
    const [left] = openStore().takeOver();
    expect(left?.kinds).toMatchObject([{ fingerprint: 'one', unannounced: 2, since: 1, ids: ['e2'] }]);
  });

  it('is left alone while the process lives', () => {
    const neighbour = openStore();
    neighbour.append(kindOf('one'));
    neighbour.commit();
    expect(openStore().takeOver()).toEqual([]);
  });

  it('goes to one other once the process has ended, or closed the store', () => {
    leaveBehind('one', 'two');
    const closed = openStore();
    closed.append(kindOf('three'));
    closed.close();
    const taken = [openStore(), openStore()].flatMap(fingerprintsOf);
    expect(taken.sort()).toEqual([['one', 'two'], ['three']]);
  });

  it('loses no more than the line that was being written', () => {
    const name = leaveBehind('one', 'two');
    appendFileSync(join(folder, name), '{"total"');
    // It was rewriting its file as well.
    writeFileSync(join(folder, `${name}.tmp`), '{');
    const store = openStore();
    const [left] = store.takeOver();
    expect(left).toMatchObject({ total: { level: 5, at: 1 }, damaged: 0 });
    expect(left?.kinds.map(({ fingerprint }) => fingerprint)).toEqual(['one', 'two']);
    expect(files().filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('goes on to the next when the one who took it over dies too, before or after it made the state its own', () => {
    leaveBehind('one');
    expect(fingerprintsOf(openStore())).toEqual([['one']]);
    const [claim = ''] = files();
    bury(claim);
    const second = openStore();
    expect(fingerprintsOf(second)).toEqual([['one']]);
    second.replace([kindOf('merged')]);
    const [own = ''] = files();
    bury(own);
    expect(fingerprintsOf(openStore())).toEqual([['merged']]);
    expect(files()).toHaveLength(1);
  });

  it('is not missed when the disk refuses: the store says so, and tries again', () => {
    const path = join(folder, 'occupied');
    writeFileSync(path, '');
    const store = openStore(path);
    expect(store.takeOver()).toEqual([]);
    store.append(kindOf('one'));
    store.commit();
    expect(store.isLong).toBe(true);
    expect(said[0]).toMatch(/cannot use .*occupied .*OBSERVABILITY_SPOOL_DIR/);
    rmSync(path);
    store.replace([kindOf('one'), kindOf('two')]);
    expect(store.isLong).toBe(false);
    store.close();
    expect(fingerprintsOf(openStore(path))).toEqual([['one', 'two']]);
  });
});

describe('a budget', () => {
  function start(perMonth = 5000) {
    const summaries: Summary[] = [];
    const budget: ErrorBudget = createErrorBudget({
      perMonth,
      folder,
      send: (summary) => void summaries.push(summary),
      log() {},
      warn() {},
    });
    open.push(budget);
    const fail = (place: string, times: number) =>
      Array.from({ length: times }, () => {
        const id = uuid4();
        return { id, ...budget.judge('broken', id, place) };
      });
    return { budget, fail, summaries };
  }

  it('goes on where the one before it was killed', () => {
    const first = start();
    const ids = first.fail('GET /a', 30);
    for (const { id, isSuppressed } of ids) if (!isSuppressed) first.budget.settle(id);
    // Two events were given to the SDK, and did not get to the lane.
    first.fail('GET /b', 2);
    first.budget.commit();
    const { unannounced } = first.budget.stats();
    bury(files()[0] ?? '');

    const second = start();
    expect(second.budget.stats()).toMatchObject({ reported: 0, suppressed: 0, unannounced: unannounced + 2 });
    // No burst of the first 10 again, and the next event tells of those before it.
    const [next] = second.fail('GET /b', 1);
    expect(next?.suppressed.count).toBe(2);
    expect(second.fail('GET /a', 10).some(({ isSuppressed }) => !isSuppressed)).toBe(false);
    second.budget.announce();
    expect(second.summaries).toMatchObject([{ count: unannounced + 10, title: 'string in GET /a' }]);
  });

  it('that is killed in a loop spends no more than one', () => {
    let sent = 0;
    for (let life = 0; life < 20; life++) {
      const { fail, budget } = start(100);
      for (const place of ['GET /a', 'GET /b', 'GET /c']) {
        for (const { id, isSuppressed } of fail(place, 10)) {
          if (isSuppressed) continue;
          budget.settle(id);
          sent++;
        }
      }
      budget.commit();
      for (const name of files()) bury(name);
    }
    expect(sent).toBe(10);
  });

  it('keeps its file short, and loses nothing by it', async () => {
    const { fail, budget } = start();
    fail('GET /a', 60_000);
    await new Promise((resolve) => setTimeout(resolve, 1001));
    fail('GET /a', 1);
    budget.commit();
    const [name = ''] = files();
    // Every line kept would be some megabytes; below half of one a file is left as it is.
    expect(readFileSync(join(folder, name)).length).toBeLessThan(600_000);
    const { unannounced } = budget.stats();
    bury(name);
    // Of those that were never settled, each counts as suppressed.
    expect(start().budget.stats().unannounced).toBe(60_001);
    expect(unannounced).toBeLessThan(60_001);
  });
});
