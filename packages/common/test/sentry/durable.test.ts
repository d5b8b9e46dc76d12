import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { startInbox } from '@qr/inbox';
import { inboxMatchers } from '@qr/inbox/testing';
import { afterAll, beforeEach, expect, it, onTestFinished } from 'vitest';
import {
  captureException,
  captureMessage,
  closeObservability,
  flushObservability,
  forgetUser,
  initializeSentry,
  observabilityStats,
  Sentry,
  setUserContext,
  withJobContext,
} from '../../src/index.ts';
import { setEnv } from '../start-observed.ts';

expect.extend(inboxMatchers);

const inbox = await startInbox({ keepRaw: true });
const spoolDir = mkdtempSync(join(tmpdir(), 'durable-'));
const env = {
  NODE_ENV: 'test',
  SENTRY_DSN: inbox.dsn('1'),
  SENTRY_ERROR_BUDGET_PER_MONTH: '0',
  OBSERVABILITY_SPOOL_DIR: spoolDir,
  MIXPANEL_TOKEN: undefined,
};
const restore = setEnv(env);

beforeEach(async () => {
  inbox.faults.clear();
  if (observabilityStats().errors === 'off') {
    for (const name of readdirSync(spoolDir)) rmSync(join(spoolDir, name), { recursive: true });
    initializeSentry('test-service');
  }
  await deliverAll();
  inbox.clear();
});
afterAll(async () => {
  await closeObservability();
  await inbox.close();
  restore();
  rmSync(spoolDir, { recursive: true });
});

/** The text of every envelope on disk. */
const spooled = () =>
  (readdirSync(spoolDir, { recursive: true }) as string[])
    .filter((name) => name.endsWith('.json.gz'))
    .map((name) => gunzipSync(readFileSync(join(spoolDir, name))).toString());
const lane = () => observabilityStats().lanes.sentry;
const broken = { fault: { kind: 'status', status: 503 } } as const;

async function deliverAll(): Promise<void> {
  for (let attempt = 0; attempt < 20; attempt++) {
    const { pending, spooled: left } = await flushObservability(5000);
    if (pending + left === 0) return;
  }
  throw new Error(`Expected everything to be delivered: ${JSON.stringify(lane())}`);
}

it('each error arrives once, and the figures tell of it', async () => {
  const ids = Array.from({ length: 50 }, (_, n) => captureException(new Error(`error ${n}`)));
  const messageId = captureMessage('a sentence');
  expect(await flushObservability()).toEqual({ delivered: 51, pending: 0, spooled: 0 });
  expect(
    inbox
      .errors()
      .map(({ eventId }) => eventId)
      .sort(),
  ).toEqual([...ids, messageId].sort());
  expect(lane()).toMatchObject({ delivered: 51, retried: 0, pending: 0, dropped: {}, lastError: null });
  expect(spooled()).toEqual([]);
});

it('an error is on disk within 50 ms, and bears no time of sending, for it may be sent much later', async () => {
  inbox.faults.add(broken);
  captureException(new Error('the first one, which reads source files'));
  await expect.poll(spooled).toHaveLength(1);
  const id = captureException(new Error('failed'));
  await new Promise((resolve) => setTimeout(resolve, 50));
  const [headers, , event] =
    spooled()
      .find((text) => text.includes(id))
      ?.split('\n')
      .map((line) => JSON.parse(line)) ?? [];
  expect(event).toMatchObject({ event_id: id, exception: { values: [{ value: 'failed' }] } });
  expect(headers).toEqual({ event_id: id, sdk: expect.anything(), trace: expect.anything() });
});

it('only errors and messages are kept: spans and all the rest go as the SDK sends them', async () => {
  inbox.faults.add(broken);
  Sentry.startSpan({ name: 'work' }, () => captureException(new Error('failed')));
  await flushObservability();
  expect(spooled().map((text) => JSON.parse(text.split('\n')[1] ?? ''))).toEqual([{ type: 'event' }]);
  inbox.faults.clear();
  await deliverAll();
  expect(inbox.errors()).toHaveLength(1);
  expect(inbox.spans()).toEqual([]);
});

it('an attachment does not leave: nothing can search it for secrets', async () => {
  const data = String(Math.random());
  Sentry.captureException(new Error('failed'), { attachments: [{ filename: 'notes.txt', data }] });
  await flushObservability();
  expect(inbox.errors()).toHaveLength(1);
  expect(inbox).not.toHaveLeaked(data);
});

it('the SDK is told truthfully whether everything has arrived', async () => {
  inbox.faults.add(broken);
  captureException(new Error('failed'));
  expect(await Sentry.flush(2000)).toBe(false);
  inbox.faults.clear();
  expect(await Sentry.flush(2000)).toBe(true);
  expect(inbox.errors()).toHaveLength(1);
});

it('a refused error is reported to Sentry as such, once', async () => {
  inbox.faults.add({ requests: 1, fault: { kind: 'status', status: 400 } });
  captureException(new Error('failed'));
  await flushObservability();
  await flushObservability();
  const reports = inbox.items('client_report').map(({ payload }) => payload);
  expect(reports).toEqual([
    expect.objectContaining({ discarded_events: [{ reason: 'send_error', category: 'error', quantity: 1 }] }),
  ]);
});

it('closing leaves on disk what cannot be sent, and keeps to its time', async () => {
  inbox.faults.add({ fault: { kind: 'hang' } });
  captureException(new Error('failed'));
  const start = performance.now();
  await closeObservability(300);
  expect(performance.now() - start).toBeLessThan(1000);
  expect(spooled()).toHaveLength(1);
  expect(observabilityStats()).toMatchObject({ errors: 'off', lanes: {} });
});

it.each([
  ['before', async () => [await Sentry.close(1000), await closeObservability(1000)][0]],
  ['after', async () => [await closeObservability(1000), await Sentry.close(1000)][1]],
])('Sentry.close may come %s ours', async (_, close) => {
  captureException(new Error('failed'));
  expect(await close()).toBe(true);
  expect(inbox.errors()).toHaveLength(1);
  expect(readdirSync(join(spoolDir, 'errors'))).toEqual([]);
});

it('an error reported in the last moment arrives', async () => {
  const closing = closeObservability(2000);
  captureException(new Error('in the last moment'));
  await closing;
  expect(inbox.errors()).toHaveLength(1);
});

it('somebody who is forgotten is in no error any more, whether it waits or is still to come', async () => {
  const failFor = (id: string) =>
    withJobContext({ name: 'job' }, () => {
      setUserContext({ id });
      captureException(new Error('failed'));
    });
  const waiting = () => spooled().map((text) => JSON.parse(text.split('\n')[2] ?? '').user.id);
  inbox.faults.add(broken);
  failFor('user-17');
  failFor('user-18');
  await flushObservability();
  expect(waiting().sort()).toEqual(['user-17', 'user-18']);
  forgetUser('user-17');
  await expect.poll(() => waiting().filter(Boolean)).toEqual(['user-18']);
  failFor('user-17');
  inbox.faults.clear();
  await deliverAll();
  expect(
    inbox
      .errors()
      .map(({ userId }) => userId)
      .filter(Boolean),
  ).toEqual(['user-18']);
  expect(inbox.errors()).toHaveLength(3);
});

it('a process that is killed loses no error that is older than 50 ms', async () => {
  const log = join(spoolDir, 'reported');
  const source = join(import.meta.dirname, 'durable-process.ts');
  await closeObservability();
  // At some point Sentry stops to answer: a part is delivered by then, the rest waits.
  inbox.faults.add({ ...broken, share: 0.05 });
  const child = spawn(process.execPath, ['--import', 'tsx', '--conditions=@qr/source', source, log], {
    env: { ...process.env, NODE_ENV: 'development' },
    stdio: 'inherit',
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const reported = () => {
    const lines = readFileSync(log, { encoding: 'utf8', flag: 'a+' }).split('\n');
    return lines.flatMap((line) => (line === '' ? [] : [{ id: line.slice(0, 32), at: Number(line.slice(33)) }]));
  };
  await expect.poll(() => reported().length, { timeout: 30_000 }).toBeGreaterThan(100);
  const killedAt = Date.now();
  child.kill('SIGKILL');
  await once(child, 'exit');
  inbox.faults.clear();
  const before = inbox.errors().length;

  initializeSentry('test-service');
  await deliverAll();
  const arrived = new Set(inbox.errors().map(({ eventId }) => eventId));
  // Not the last one: a process that gets no time on a busy machine dies in the middle of it, however long ago that was.
  const due = reported()
    .slice(0, -1)
    .filter(({ at }) => at < killedAt - 50);
  expect(due.length).toBeGreaterThan(50);
  expect(due.filter(({ id }) => !arrived.has(id))).toEqual([]);
  // What had arrived when the process died and could not be crossed off: at most what was under way.
  expect(inbox.errors().length - arrived.size).toBeLessThanOrEqual(4);
  expect(arrived.size).toBeGreaterThan(before);
});
