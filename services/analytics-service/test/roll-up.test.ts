import { afterAll, beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import { createRollUp, type RollUpOptions } from '../src/roll-up.ts';
import { observe } from './start-app.ts';

const observed = await observe();
const { inbox, settle } = observed;
afterAll(() => observed.stop());
beforeEach(async () => {
  await settle();
  inbox.clear();
});

/** A store with so many dirty days, which notes what it is asked for. */
function createStore(dirtyDays = 0) {
  const asked: string[] = [];
  const store: RollUpOptions['store'] = {
    countDirtyDays: async () => dirtyDays,
    rollUp: async (limit) => {
      asked.push(`roll up ${limit}`);
      return limit;
    },
    closeDaysBefore: async (day) => {
      asked.push(`close before ${day}`);
    },
    deleteScansBefore: async () => 0,
  };
  return { store, asked };
}

function create(store: RollUpOptions['store']) {
  const failures: unknown[] = [];
  const now = () => Date.parse('2026-03-31T23:59:59.999Z');
  return { ...createRollUp({ store, retentionDays: 30, now, onFailure: (error) => failures.push(error) }), failures };
}

const checkIns = async () => {
  await settle();
  return inbox.items('check_in').map(({ payload }) => payload);
};

it('a run checks in when it starts and when it ends, with its schedule', async () => {
  await create(createStore().store).run();
  expect(await checkIns()).toMatchObject([
    {
      monitor_slug: 'analytics-roll-up',
      status: 'in_progress',
      monitor_config: { schedule: { type: 'interval', value: 1, unit: 'minute' } },
    },
    { monitor_slug: 'analytics-roll-up', status: 'ok' },
  ]);
});

it('a run that fails checks in as failed, tells of it and rejects nothing', async () => {
  const { store } = createStore();
  const broken = new Error('the database is away');
  const { run, failures } = create({ ...store, countDirtyDays: () => Promise.reject(broken) });
  await run();
  expect(failures).toEqual([broken]);
  expect(await checkIns()).toMatchObject([{ status: 'in_progress' }, { status: 'error' }]);
  await run();
  expect(failures).toHaveLength(2);
});

it('a run takes the days that were dirty when it began, in portions, and lets others be', async () => {
  const { store, asked } = createStore(1200);
  await create(store).run();
  expect(asked).toEqual(['roll up 500', 'roll up 500', 'roll up 500', 'close before 2026-02-28']);
});

it('a run ends with the days that another instance is at', async () => {
  const { store } = createStore(1200);
  const rollUp = vi.fn(async () => 0);
  await create({ ...store, rollUp }).run();
  expect(rollUp).toHaveBeenCalledOnce();
});

it('two runs at once are one', async () => {
  const { store, asked } = createStore(1);
  const { run } = create(store);
  await Promise.all([run(), run()]);
  expect(asked).toHaveLength(2);
  await run();
  expect(asked).toHaveLength(4);
});

it('once started it runs every minute, and when it is stopped it begins nothing more', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  onTestFinished(() => void vi.useRealTimers());
  const { store, asked } = createStore(600);
  const { run, start } = create(store);
  const stop = start();
  await run();
  expect(asked).toEqual(['roll up 500', 'roll up 500', 'close before 2026-02-28']);
  vi.advanceTimersByTime(60_000);
  await run();
  expect(asked).toHaveLength(6);
  vi.advanceTimersByTime(60_000);
  stop();
  await run();
  vi.advanceTimersByTime(600_000);
  await run();
  expect(asked).toHaveLength(6);
});
