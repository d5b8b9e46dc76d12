import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type Inbox, startInbox } from '@qr/inbox';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  captureException,
  closeObservability,
  flushObservability,
  initializeSentry,
  observabilityStats,
} from '../../src/index.ts';
import { buildServer, type Server } from '../../src/server.ts';
import { startProxy } from '../faults/proxy.ts';
import { setEnv } from '../start-observed.ts';

/** Requests of one measurement; every second one fails. */
const REQUESTS = 40;

const inbox = await startInbox();
const proxy = await startProxy(inbox.port);
const spoolDir = mkdtempSync(join(tmpdir(), 'ingest-faults-'));
let app: Server;
let restore: () => void;

beforeAll(async () => {
  restore = setEnv({
    NODE_ENV: 'test',
    SENTRY_DSN: proxy.url.replace('//', '//public@').concat('/1'),
    SENTRY_ERROR_BUDGET_PER_MONTH: '0',
    OBSERVABILITY_SPOOL_DIR: spoolDir,
    MIXPANEL_TOKEN: undefined,
  });
  initializeSentry('test-service');
  app = buildServer({ logger: false });
  app.get('/ok', async () => ({ ok: true }));
  app.get('/fail', async () => {
    throw new Error('failed');
  });
  // The first errors cost more: source files are read.
  await measure();
});
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  inbox.faults.clear();
  await deliverAll();
  inbox.clear();
});
afterAll(async () => {
  vi.useRealTimers();
  await closeObservability();
  await app.close();
  await proxy.close();
  await inbox.close();
  restore();
  rmSync(spoolDir, { recursive: true });
});

/** The ids that the failed requests were answered with, and how long the one in the middle took. */
async function measure(): Promise<{ ids: string[]; medianMs: number }> {
  const ids: string[] = [];
  const durations: number[] = [];
  for (let n = 0; n < REQUESTS; n++) {
    const start = performance.now();
    const response = await app.inject(n % 2 ? '/ok' : '/fail');
    durations.push(performance.now() - start);
    if (response.statusCode === 500) ids.push(response.json().errorId);
  }
  expect(ids).toHaveLength(REQUESTS / 2);
  return { ids: ids.sort(), medianMs: durations.sort((a, b) => a - b)[REQUESTS / 2] ?? 0 };
}

async function deliverAll(): Promise<void> {
  for (let attempt = 0; attempt < 20; attempt++) {
    // Beyond whatever limit Sentry has asked for.
    vi.setSystemTime(Date.now() + 61_000);
    const { pending, spooled } = await flushObservability(5000);
    if (pending + spooled === 0) return;
  }
  throw new Error(`Expected everything to be delivered: ${JSON.stringify(lane())}`);
}

const lane = () => observabilityStats().lanes.sentry;
const received = () =>
  inbox
    .errors()
    .map(({ eventId }) => eventId)
    .sort();

type Fault = Parameters<Inbox['faults']['add']>[0]['fault'];
const inInbox = (fault: Fault) => ({ begin: () => void inbox.faults.add({ fault }), end: () => inbox.faults.clear() });

const faults: readonly (readonly [string, { begin(): void; end(): void }])[] = [
  ['refuses connections', { begin: () => proxy.behave('refuses'), end: () => proxy.behave('passes on') }],
  ['hangs', { begin: () => proxy.behave('is deaf'), end: () => proxy.behave('passes on') }],
  ['resets connections', inInbox({ kind: 'reset', when: 'during' })],
  ['answers 429 with X-Sentry-Rate-Limits', inInbox({ kind: 'rate-limit', categories: ['error'] })],
  ['answers 429 with Retry-After', inInbox({ kind: 'rate-limit', headers: 'retry-after' })],
  ['answers 429 without a word', inInbox({ kind: 'rate-limit', headers: 'none' })],
  ['answers 500', inInbox({ kind: 'status', status: 500 })],
  ['answers with the page of a captive portal', inInbox({ kind: 'content-type', contentType: 'text/html' })],
];

describe('a Sentry that', () => {
  it.each(faults)('%s costs no error and no request its time', async (_, { begin, end }) => {
    const healthy = await measure();
    await deliverAll();
    begin();
    const faulty = await measure();
    const left = await flushObservability(50);
    // On a busy machine some still wait for their source lines.
    expect([left.delivered, left.pending + left.spooled]).toEqual([0, REQUESTS / 2]);
    end();
    await deliverAll();
    expect(received()).toEqual([...healthy.ids, ...faulty.ids].sort());
    expect(lane()).toMatchObject({ pending: 0, dropped: {} });
    // A request that waited for Sentry would take seconds; the rest is for a busy machine.
    expect(faulty.medianMs).toBeLessThan(healthy.medianMs * 3 + 20);
  });

  it.each([400, 413])('answers %d costs the errors that it refuses, and these are put aside', async (status) => {
    inbox.faults.add({ fault: { kind: 'status', status } });
    const refused = await measure();
    await deliverAll();
    inbox.faults.clear();
    const taken = await measure();
    await deliverAll();
    expect(received()).toEqual(taken.ids);
    const letters = readFileSync(join(spoolDir, 'errors/dead/sentry.ndjson'), 'utf8').trimEnd().split('\n');
    const aside = letters.slice(-REQUESTS / 2).map((line) => JSON.parse(line).record[0].event_id);
    expect(aside.sort()).toEqual(refused.ids);
  });
});

it('two thousand errors that cannot be sent cost less than 3 MiB of memory', async () => {
  // Half of what an error costs is the source around its stack frames.
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  onTestFinished(() => {
    Error.stackTraceLimit = stackTraceLimit;
  });
  inbox.faults.add({ fault: { kind: 'status', status: 503 } });
  const before = await usedBytes();
  for (let n = 0; n < 2000; n++) {
    captureException(new Error(`failed ${n}`));
    if (n % 50 === 49) await new Promise((resolve) => setImmediate(resolve));
  }
  await flushObservability(50);
  expect(lane()).toMatchObject({ pending: 2000, spooledFiles: 2000 });
  expect((await usedBytes()) - before).toBeLessThan(3 * 1024 * 1024);
});

/** What is left after a collection: garbage is not growth. The second one takes what the first one's finalizers have let go. */
async function usedBytes(): Promise<number> {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  collect();
  await new Promise((resolve) => setImmediate(resolve));
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
