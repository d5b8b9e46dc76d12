import { appendFileSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { uuid4 } from '@sentry/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BudgetStore } from '../../../telemetry/src/errors/budget/budget-store.ts';
import { openFileStore } from '../../../telemetry/src/errors/budget/file-store.ts';
import type { Summary } from '../../../telemetry/src/errors/budget/summary.ts';
import { createErrorBudget } from '../../../telemetry/src/errors/error-budget.ts';

let folder: string;
const open: BudgetStore[] = [];
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
  const store = openFileStore(root, (message) => said.push(message));
  open.push(store);
  return store;
}

const files = () => readdirSync(folder).sort();

/** Makes the file of a living process that of one which was killed: there is no process of that number. */
function bury(name: string): string {
  const dead = name.replace(/-\d+-0-\d+-([0-9a-f]{8}-[0-9a-f]{12})\.log$/, '-999999999-0-1-$1.log');
  renameSync(join(folder, name), join(folder, dead));
  return dead;
}

function leaveBehind(lines: readonly string[]): string {
  const store = openFileStore(folder, (message) => said.push(message));
  const before = files();
  for (const line of lines) store.append(line);
  store.commit();
  return bury(files().find((name) => !before.includes(name)) ?? '');
}

describe('the file of a process', () => {
  it('has what was appended as soon as the loop turn ends', async () => {
    const store = openStore();
    store.append('one');
    store.append('two');
    expect(files()).toEqual([]);
    await nextTurn();
    expect(files().map((name) => readFileSync(join(folder, name), 'utf8'))).toEqual(['one\ntwo\n']);
  });

  it('is left alone while the process lives', () => {
    const neighbour = openStore();
    neighbour.append('one');
    neighbour.commit();
    expect(openStore().takeOver()).toEqual([]);
  });

  it('goes to one other once the process has ended, or closed the store', () => {
    leaveBehind(['one', 'two']);
    const closed = openStore();
    closed.append('three');
    closed.close();
    const taken = [openStore(), openStore()].flatMap((store) => store.takeOver());
    expect(taken.sort()).toEqual([['one', 'two'], ['three']]);
  });

  it('loses no more than the line that was being written', () => {
    const name = leaveBehind(['one', 'two']);
    appendFileSync(join(folder, name), 'thr');
    // It was writing its lines anew as well.
    writeFileSync(join(folder, `${name}.tmp`), 'on');
    expect(openStore().takeOver()).toEqual([['one', 'two']]);
    expect(files().filter((left) => left.endsWith('.tmp'))).toEqual([]);
  });

  it('goes on to the next when the one who took it over dies too, before or after it made the lines its own', () => {
    leaveBehind(['one']);
    const first = openStore();
    expect(first.takeOver()).toEqual([['one']]);
    const [claim = ''] = files();
    const orphan = claim.replace(/-\d+-0-\d+-([0-9a-f]{8}-[0-9a-f]{12})\+/, '-999999999-0-1-$1+');
    renameSync(join(folder, claim), join(folder, orphan));
    const second = openStore();
    expect(second.takeOver()).toEqual([['one']]);
    const content = readFileSync(join(folder, files()[0] ?? ''), 'utf8');
    second.replace(['merged']);
    // Killed after its own file was complete, and before the claim was removed.
    const [own = ''] = files();
    const dead = bury(own);
    writeFileSync(join(folder, `${dead.replace('.log', '')}+${orphan.split('+')[1]}`), content);
    expect(openStore().takeOver()).toEqual([['merged']]);
    expect(files()).toHaveLength(1);
  });

  it('is not missed when the disk refuses: it is said, and tried again', () => {
    const path = join(folder, 'occupied');
    writeFileSync(path, '');
    const store = openStore(path);
    expect(store.takeOver()).toEqual([]);
    store.append('one');
    store.commit();
    expect(store.isLong).toBe(true);
    expect(said[0]).toMatch(/cannot use .*occupied .*OBSERVABILITY_SPOOL_DIR/);
    rmSync(path);
    store.replace(['one', 'two']);
    expect(store.isLong).toBe(false);
    store.close();
    expect(openStore(path).takeOver()).toEqual([['one', 'two']]);
  });
});

describe('a budget', () => {
  function start(perMonth = 5000) {
    const summaries: Summary[] = [];
    const store = openStore();
    const budget = createErrorBudget({
      perMonth,
      store,
      send: (summary) => void summaries.push(summary),
      warn() {},
    });
    const fail = (place: string, times: number) =>
      Array.from({ length: times }, () => {
        const id = uuid4();
        return { id, ...budget.judge('broken', id, place) };
      });
    return { budget, fail, summaries, store };
  }

  it('goes on where the one before it was killed', () => {
    const first = start();
    const ids = first.fail('GET /a', 30);
    for (const { id, isSuppressed } of ids) if (!isSuppressed) first.budget.settle(id);
    // Two events were given to the SDK, and did not get to the lane.
    first.fail('GET /b', 2);
    first.store.commit();
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
      const { fail, store, budget } = start(100);
      for (const place of ['GET /a', 'GET /b', 'GET /c']) {
        for (const { id, isSuppressed } of fail(place, 10)) {
          if (isSuppressed) continue;
          budget.settle(id);
          sent++;
        }
      }
      store.commit();
      for (const name of files()) bury(name);
    }
    expect(sent).toBe(10);
  });

  it('keeps its file short, and loses nothing by it', async () => {
    const { fail, budget, store } = start();
    fail('GET /a', 60_000);
    await new Promise((resolve) => setTimeout(resolve, 1001));
    fail('GET /a', 1);
    store.commit();
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
