import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readRecords } from '../../src/body.ts';
import type { Reply, Transport } from '../../src/lanes.ts';
import { createPipeline, type Pipeline } from '../../src/pipeline.ts';
import { lanes, personIds } from '../lanes.ts';
import { readDeadLetters } from '../spool-operations.ts';

/** Compressing and writing take real time, also while the clock is a fake. */
const realSetTimeout = globalThis.setTimeout;
const MINUTE_MS = 60_000;
const DISLIKED = 'DROP TABLE';

interface Sent {
  readonly n: number;
  readonly $distinct_id: string;
  readonly text?: string;
}

describe('a firewall that dislikes a word', () => {
  let root: string;
  let pipeline: Pipeline;
  let warnings: string[];
  let received: Sent[];
  let requests: number;
  /** Instead of the receiver's acknowledgement. */
  let answer: (lane: string, records: readonly Sent[]) => Reply | undefined;

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'] });
    root = mkdtempSync(join(tmpdir(), 'disliked-'));
    warnings = [];
    received = [];
    requests = 0;
    answer = () => undefined;
    const transport: Transport = {
      async send(lane, { body }) {
        requests++;
        const records = (await readRecords(body)) as Sent[];
        const reply = answer(lane, records);
        if (reply) return reply;
        received.push(...records);
        const acknowledgement = { code: 200, num_records_imported: records.length, status: 'OK' };
        return { status: 200, headers: {}, body: JSON.stringify(acknowledgement) };
      },
      close: async () => {},
    };
    pipeline = createPipeline({
      lanes,
      personIds,
      transports: { import: transport, engage: transport },
      spoolRoot: root,
      flushIntervalMs: 1000,
      warn: (message) => warnings.push(message),
      random: () => 0.5,
    });
  });
  afterEach(async () => {
    vi.useRealTimers();
    await pipeline.close(0);
    rmSync(root, { recursive: true, force: true });
  });

  /** Lets time pass in steps, and after each one all work that it set off. */
  async function pass(ms: number, stepMs = 5000): Promise<void> {
    for (let passed = 0; passed < ms; passed += stepMs) {
      await vi.advanceTimersByTimeAsync(Math.min(stepMs, ms - passed));
      let before = '';
      for (let quiet = 0; quiet < 4; ) {
        await new Promise((resolve) => realSetTimeout(resolve, 10));
        const now = JSON.stringify([requests, pipeline.stats()]);
        quiet = now === before ? quiet + 1 : 0;
        before = now;
      }
    }
  }
  /** A batch for each call. */
  async function push(lane: string, records: readonly Sent[]): Promise<void> {
    for (const record of records) pipeline.push(lane, JSON.stringify(record));
    await pass(1000, 1000);
  }
  const record = (n: number, person = `u${n}`, text?: string): Sent => ({
    n,
    $distinct_id: person,
    ...(text && { text }),
  });
  const numbers = () => received.map(({ n }) => n).sort((a, b) => a - b);
  const upTo = (count: number) => Array.from({ length: count }, (_, n) => n);
  const dislike = (status: number, headers = {}) => {
    answer = (_lane, records) =>
      records.some(({ text }) => text === DISLIKED) ? { status, headers, body: '<h1>Blocked</h1>' } : undefined;
  };

  it.each([403, 500])('with %i keeps that event only: all others arrive, also those of its batch', async (status) => {
    dislike(status);
    await push(
      'import',
      upTo(40).map((n) => record(n, 'u1', n === 17 ? DISLIKED : undefined)),
    );
    for (let batch = 1; batch < 8; batch++)
      await push(
        'import',
        upTo(10).map((n) => record(40 * batch + n)),
      );
    await pass(3 * MINUTE_MS);
    expect(numbers()).toHaveLength(40 + 7 * 10 - 1);
    expect(pipeline.stats().import).toMatchObject({ pending: 1, dropped: {} });
    await pass(10 * MINUTE_MS, MINUTE_MS);
    expect(warnings.length).toBeLessThanOrEqual(2);
    // Others do not wait for it.
    await push('import', [record(999)]);
    expect(numbers()).toContain(999);
    // It stays, and is tried now and then.
    answer = () => undefined;
    await pass(15 * MINUTE_MS, MINUTE_MS);
    expect(numbers()).toContain(17);
    expect(pipeline.stats().import).toMatchObject({ pending: 0, dropped: {} });
  });

  it.each([
    ['403', 403, {}],
    ['500', 500, {}],
    ['503 and Retry-After', 503, { 'retry-after': '2' }],
  ])(
    'with %s makes a dead letter of that profile update only, and keeps the order',
    async (_, status, headers) => {
      dislike(status, headers);
      // Everybody is in every batch: none may go before that one.
      for (let batch = 0; batch < 4; batch++) {
        const people = upTo(10).map((n) =>
          record(10 * batch + n, `u${n}`, batch === 0 && n === 6 ? DISLIKED : undefined),
        );
        await push('engage', people);
      }
      await pass(25 * MINUTE_MS, 30_000);
      expect(numbers()).toEqual(upTo(40).filter((n) => n !== 6));
      const perPerson = upTo(10).map((n) => received.filter(({ $distinct_id }) => $distinct_id === `u${n}`));
      for (const updates of perPerson) expect(updates).toEqual([...updates].sort((one, other) => one.n - other.n));
      expect(pipeline.stats().engage).toMatchObject({ pending: 0, dropped: { rejected: 1 } });
      expect(await readDeadLetters(root)).toMatchObject([
        { lane: 'engage', record: { n: 6 }, reason: expect.stringContaining(`status ${status}`) },
      ]);
    },
    20_000,
  );

  it.each([[[0]], [[0, 1]], [[0, 2]]])(
    'makes dead letters of the updates %j also when all that waits is of the same person',
    async (disliked) => {
      dislike(500);
      for (const n of upTo(5)) await push('engage', [record(n, 'u1', disliked.includes(n) ? DISLIKED : undefined)]);
      await pass(15 * MINUTE_MS, 15_000);
      expect(received.map(({ n }) => n)).toEqual(upTo(5).filter((n) => !disliked.includes(n)));
      expect(pipeline.stats().engage).toMatchObject({ pending: 0, dropped: { rejected: disliked.length } });
    },
  );

  it('several of them in a row are all found', async () => {
    dislike(403);
    for (let n = 0; n < 5; n++) await push('import', [record(n, 'u1', DISLIKED), record(n + 100)]);
    for (let n = 5; n < 15; n++) await push('import', [record(n)]);
    await pass(10 * MINUTE_MS, 10_000);
    expect(numbers()).toEqual([5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 100, 101, 102, 103, 104]);
    expect(pipeline.stats().import).toMatchObject({ pending: 5, dropped: {} });
  });

  it.each([
    ['of everything', () => true],
    ['of the profiles alone', (lane: string) => lane === 'engage'],
  ])(
    'an outage %s for two hours makes no dead letter, and keeps the order',
    async (_, isAway) => {
      answer = (lane) => (isAway(lane) ? { status: 503, headers: {}, body: 'no healthy upstream' } : undefined);
      for (let batch = 0; batch < 6; batch++) {
        await push(
          'engage',
          upTo(5).map((n) => record(5 * batch + n, `u${n % 3}`)),
        );
        await push('import', [record(1000 + batch)]);
      }
      await pass(120 * MINUTE_MS, 2 * MINUTE_MS);
      await push('import', [record(1006)]);
      expect(await readDeadLetters(root)).toEqual([]);
      answer = () => undefined;
      await pass(12 * MINUTE_MS, MINUTE_MS / 2);
      expect(numbers()).toEqual([...upTo(30), ...upTo(7).map((n) => 1000 + n)]);
      const updates = received.filter(({ n }) => n < 1000);
      for (const person of ['u0', 'u1', 'u2']) {
        const own = updates.filter(({ $distinct_id }) => $distinct_id === person).map(({ n }) => n);
        expect(own).toEqual([...own].sort((a, b) => a - b));
      }
      expect(pipeline.stats()).toMatchObject({ import: { dropped: {} }, engage: { pending: 0, dropped: {} } });
      expect(warnings.length).toBeLessThanOrEqual(2);
    },
    20_000,
  );
});
