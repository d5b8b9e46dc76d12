import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readRecords } from '../../src/body.ts';
import type { Transport } from '../../src/lanes.ts';
import { createPipeline } from '../../src/pipeline.ts';
import { lanes } from '../lanes.ts';
import { readDeadLetters } from '../spool-operations.ts';
import { redisAvailable, startOwnRedis } from './real-redis.ts';
import { produce, ship } from './redis-parts.ts';

interface Sent {
  readonly n: number;
  readonly text?: string;
}

describe.skipIf(!(await redisAvailable()))('through Redis and a shipper', () => {
  it('a record that the path dislikes holds up no other, and is neither lost nor rejected', async () => {
    const redis = await startOwnRedis();
    const root = mkdtempSync(join(tmpdir(), 'disliked-redis-'));
    const received = new Set<number>();
    const receiver: Transport = {
      async send(_lane, { body }) {
        const records = (await readRecords(body)) as Sent[];
        if (records.some(({ text }) => text === 'DROP TABLE'))
          return { status: 403, headers: { 'retry-after': '1' }, body: '<h1>Blocked</h1>' };
        for (const { n } of records) received.add(n);
        return {
          status: 200,
          headers: {},
          body: JSON.stringify({ code: 200, num_records_imported: records.length, status: 'OK' }),
        };
      },
      close: async () => {},
    };
    const pipeline = createPipeline({
      lanes,
      transports: { import: produce(redis.url) },
      spoolRoot: root,
      flushIntervalMs: 20,
      warn: () => {},
    });
    onTestFinished(async () => {
      await pipeline.close(100);
      await redis.close();
      rmSync(root, { recursive: true, force: true });
    });
    await ship(redis.url, receiver);
    for (let n = 0; n < 60; n++) {
      pipeline.push('import', JSON.stringify({ n, ...(n === 3 && { text: 'DROP TABLE' }) }));
      if (n % 10 === 9) await pipeline.flush(50);
    }
    await expect.poll(() => received.size, { timeout: 8000 }).toBeGreaterThanOrEqual(50);
    for (let n = 60; n < 65; n++) {
      pipeline.push('import', JSON.stringify({ n }));
      await pipeline.flush(50);
    }
    await expect.poll(() => [60, 61, 62, 63, 64].every((n) => received.has(n)), { timeout: 8000 }).toBe(true);
    expect(received.has(3)).toBe(false);
    expect(await readDeadLetters(root)).toEqual([]);
    expect(pipeline.stats().import?.dropped).toEqual({});
  }, 30_000);
});
