import { join } from 'node:path';
import { type AlertChange, type AlertRule, createQueryClient } from '@qr/alerts';
import { openDatabase } from '@qr/database';
import { openTestDatabase, postgresAvailable, type TestDatabase } from '@qr/database/testing';
import { type Inbox, startInbox } from '@qr/inbox';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createAlertStore, createAlertWatch } from '../../src/hosted-jobs.ts';
import { observe, START_TIMEOUT_MS } from '../start-app.ts';

const kinds = (await postgresAvailable()) ? (['embedded', 'postgres'] as const) : (['embedded'] as const);
const migrationsFolder = join(import.meta.dirname, '../../migrations');
const NOON = Date.parse('2026-06-30T12:00:00Z');
const MINUTE_MS = 60_000;

const rules: readonly AlertRule[] = [
  {
    name: 'New issue',
    description: 'An error came up that was never seen before.',
    measure: { kind: 'new_issues', windowMinutes: 60 },
    condition: { above: 0 },
    severity: 'medium',
    owner: 'platform',
    runbook: 'new-issue',
  },
];

/** What the service says of itself goes to an inbox of its own. */
const observed = await observe();
afterAll(() => observed.stop());

describe.each(kinds)('watching the alert rules, %s', (kind) => {
  let database: TestDatabase;
  let inbox: Inbox;
  /** By all instances, in order. */
  let told: string[];

  beforeAll(async () => {
    database = await openTestDatabase({ schema: 'analytics', migrationsFolder, kind });
  }, START_TIMEOUT_MS);
  afterAll(() => database.cleanup());
  beforeEach(async () => {
    inbox = await startInbox();
    told = [];
    await observed.settle();
    observed.inbox.clear();
    await database.db.execute(`update analytics.alerts set claimed_at = '-infinity', states = '[]'`);
  });
  afterEach(() => inbox.close());

  /** An instance of the service, with connections of its own. */
  const startInstance = async () => {
    const own = await openDatabase({ url: database.url, schema: 'analytics', migrationsFolder });
    onTestFinished(() => own.close());
    const instance = { now: NOON, isWebhookDown: false, failures: [] as string[] };
    const watch = createAlertWatch({
      rules,
      client: createQueryClient({ sentry: { origin: inbox.url, organization: 'local' }, fetch }),
      store: createAlertStore(own.db),
      intervalMinutes: 5,
      now: () => instance.now,
      async tell(changes: readonly AlertChange[]) {
        if (instance.isWebhookDown) throw new Error('The webhook answered 503.');
        told.push(...changes.map(({ kind: change, after }) => `${change} ${after.rule}`));
      },
      onFailure: (error) => instance.failures.push(String(error)),
    });
    return Object.assign(instance, watch);
  };

  const breaks = async (at: number) => {
    const event = { timestamp: at / 1000, exception: { values: [{ type: 'TypeError', value: 'broke' }] } };
    const body = [{ event_id: 'e'.repeat(32) }, { type: 'event' }, event].map((line) => JSON.stringify(line));
    const url = `${inbox.url}/api/1/envelope/?sentry_key=public&sentry_version=7`;
    expect((await fetch(url, { method: 'POST', body: body.join('\n') })).status).toBe(200);
  };
  const checkIns = async () => {
    await observed.settle();
    return observed.inbox.items('check_in').map(({ payload }) => payload);
  };

  it('tells of a change once, however many instances there are', async () => {
    const [one, other] = [await startInstance(), await startInstance()];
    await breaks(NOON - MINUTE_MS);
    await Promise.all([one.run(), other.run()]);
    expect(told).toEqual(['started New issue']);
    // In this interval it is done; in the next nothing has changed.
    other.now = NOON + 4 * MINUTE_MS;
    await other.run();
    one.now = other.now = NOON + 5 * MINUTE_MS;
    await Promise.all([one.run(), other.run()]);
    expect(told).toEqual(['started New issue']);

    one.now = other.now = NOON + 65 * MINUTE_MS;
    await Promise.all([one.run(), other.run()]);
    expect(told).toEqual(['started New issue', 'stopped New issue']);
    expect([...one.failures, ...other.failures]).toEqual([]);
  });

  it('leaves what could not be told to the next run of anybody', async () => {
    const [one, other] = [await startInstance(), await startInstance()];
    await breaks(NOON - MINUTE_MS);
    one.isWebhookDown = true;
    await one.run();
    expect([told, one.failures]).toEqual([[], ['Error: The webhook answered 503.']]);
    other.now = NOON + 5 * MINUTE_MS;
    await other.run();
    expect(told).toEqual(['started New issue']);
  });

  it('checks in when it starts and when it ends, with its schedule, and not for another instance', async () => {
    const [one, other] = [await startInstance(), await startInstance()];
    await one.run();
    await other.run();
    expect(await checkIns()).toMatchObject([
      {
        monitor_slug: 'analytics-alerts',
        status: 'in_progress',
        monitor_config: { schedule: { type: 'interval', value: 5, unit: 'minute' } },
      },
      { monitor_slug: 'analytics-alerts', status: 'ok' },
    ]);
  });

  it('says once that questions are not answered, keeps what it found, and says it again after a good run', async () => {
    const one = await startInstance();
    const runs = async (count: number) => {
      for (let run = 0; run < count; run += 1) {
        await one.run();
        one.now += 5 * MINUTE_MS;
      }
    };
    await runs(1);
    inbox.faults.add({ fault: { kind: 'status', status: 503 } });
    const { port } = inbox;
    await inbox.close();
    await runs(3);
    expect(one.failures).toEqual(['Error: 1 of 1 alert rules could not be evaluated.']);
    expect(told).toEqual(['lost_data New issue']);
    inbox = await startInbox({ port });
    await runs(1);
    await inbox.close();
    await runs(1);
    expect(one.failures).toHaveLength(2);
    expect((await checkIns()).map((checkIn) => (checkIn as { status: string }).status)).toEqual(
      ['ok', 'error', 'error', 'error', 'ok', 'error'].flatMap((status) => ['in_progress', status]),
    );
  });

  it('is not kept from its work by a claim of a clock that was far ahead', async () => {
    const [one, other] = [await startInstance(), await startInstance()];
    one.now = NOON + 1000 * MINUTE_MS;
    await one.run();
    await breaks(NOON - MINUTE_MS);
    await other.run();
    expect(told).toEqual(['started New issue']);
  });

  it('tells nothing of a run that was stopped in its middle', async () => {
    const one = await startInstance();
    await breaks(NOON - MINUTE_MS);
    const stop = one.start();
    stop();
    await one.run();
    expect(told).toEqual([]);
  });
});

it('a watch runs at once and then every interval, until it is stopped', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  onTestFinished(() => void vi.useRealTimers());
  let claims = 0;
  const store = {
    claim: async () => {
      claims += 1;
      return undefined;
    },
    keep: async () => undefined,
  };
  const watch = createAlertWatch({
    rules,
    client: createQueryClient({ fetch }),
    store,
    intervalMinutes: 5,
    now: Date.now,
    tell: async () => undefined,
    onFailure: () => undefined,
  });
  const stop = watch.start();
  await watch.run();
  expect(claims).toBe(1);
  vi.advanceTimersByTime(5 * MINUTE_MS);
  await watch.run();
  expect(claims).toBe(2);
  stop();
  vi.advanceTimersByTime(60 * MINUTE_MS);
  expect(claims).toBe(2);
});
