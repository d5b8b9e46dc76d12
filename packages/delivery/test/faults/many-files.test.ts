import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { startLab, temporaryRoot } from '../lab.ts';
import { endedFolder } from '../leave-behind.ts';
import { readDeadLetters } from '../spool-operations.ts';

/** Far above what is reached, because six test files may share a processor; the figure is printed. */
const GENEROUS_STALL_MS = 400;

/** Measures the longest time for which the event loop was held up. */
function watchLoop() {
  let longest = 0;
  let last = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    longest = Math.max(longest, now - last - 1);
    last = now;
  }, 1);
  return {
    stop(what: string): number {
      clearInterval(timer);
      console.log(`longest stall ${what}: ${longest.toFixed(1)} ms`);
      return longest;
    },
  };
}

function manyFiles(root: string, count: number, lane = 'import'): void {
  const folder = join(root, endedFolder());
  mkdirSync(folder, { recursive: true });
  for (let n = 0; n < count; n++) {
    const content = gzipSync(`[{"n":${n},"$distinct_id":"person-${n % 100}"}]`, { level: 1 });
    const sequence = String(1_000_000 + n).padStart(16, '0');
    writeFileSync(join(folder, `${lane}-${sequence}-r1-b${content.length}.v2.json.gz`), content);
  }
}

describe('a spool of 50,000 files', () => {
  it('is delivered from within seconds, with an erasure on the way', { timeout: 60_000 }, async () => {
    const root = temporaryRoot();
    manyFiles(root, 50_000);
    const loop = watchLoop();
    const before = process.memoryUsage().rss;
    const start = performance.now();
    const lab = startLab(root);
    let knownAtFirst: number | undefined;
    const { send } = lab.transport;
    lab.transport.send = (lane, batch) => {
      knownAtFirst ??= lab.pipeline.stats().import?.pending;
      return send(lane, batch);
    };
    await expect
      .poll(() => lab.pipeline.stats().import?.delivered, { timeout: 10_000, interval: 10 })
      .toBeGreaterThan(0);
    // The rest of the folder is still being read.
    expect(knownAtFirst).toBeLessThan(50_000);
    console.log(`first delivery after ${(performance.now() - start).toFixed(0)} ms`);
    const forgotten = lab.pipeline.forget('person-17', []);
    const atForget = lab.pipeline.stats().import?.delivered ?? 0;
    await expect
      .poll(() => (lab.pipeline.stats().import?.delivered ?? 0) - atForget, { timeout: 2000, interval: 10 })
      .toBeGreaterThan(100);
    expect(loop.stop('with 50,000 files')).toBeLessThan(GENEROUS_STALL_MS);
    const grown = (process.memoryUsage().rss - before) / 2 ** 20;
    console.log(`memory grew by ${grown.toFixed(0)} MB`);
    expect(grown).toBeLessThan(300);
    await lab.pipeline.close(0);
    await forgotten;
    const numbers = lab.transport.records('import').map((record) => (record as { n: number }).n);
    expect(numbers).not.toContain(17);
  });

  it('of profiles is delivered while a person is erased, each in order', { timeout: 60_000 }, async () => {
    const root = temporaryRoot();
    manyFiles(root, 5000, 'engage');
    const lab = startLab(root);
    await expect
      .poll(() => lab.pipeline.stats().engage?.delivered, { timeout: 10_000, interval: 5 })
      .toBeGreaterThan(0);
    const forgotten = lab.pipeline.forget('person-99', []);
    const atForget = lab.pipeline.stats().engage?.delivered ?? 0;
    let isSwept = false;
    void forgotten.then(() => {
      isSwept = true;
    });
    await expect
      .poll(() => (lab.pipeline.stats().engage?.delivered ?? 0) - atForget, { timeout: 5000, interval: 5 })
      .toBeGreaterThan(50);
    console.log(`the search was ${isSwept ? 'over' : 'going on'}`);
    await lab.pipeline.close(0);
    await forgotten;
    const numbers = lab.transport.records('engage').map((record) => (record as { n: number }).n);
    for (let person = 0; person < 100; person++) {
      const own = numbers.filter((n) => n % 100 === person);
      expect(own).toEqual([...own].sort((one, other) => one - other));
    }
  });
});

describe('27 MB of rejected records', () => {
  it('are searched for a person without holding up the process', { timeout: 30_000 }, async () => {
    const root = temporaryRoot();
    mkdirSync(join(root, 'dead'));
    for (const name of ['import.ndjson', 'import.ndjson.0a1b2c3d']) {
      const lines = Array.from({ length: 20_000 }, (_, n) => {
        const properties = {
          distinct_id: n % 1000 === 0 ? 'gone' : `person-${n}`,
          note: 'x\\"'.repeat(n % 2 === 0 ? 200 : 0),
          text: 'y'.repeat(100),
        };
        return `{"at":"2026-11-20T10:00:00.000Z","reason":"refused","record":{"event":"e","properties":${JSON.stringify(properties)}}}`;
      });
      writeFileSync(join(root, 'dead', name), `${lines.join('\n')}\n`);
    }
    const lab = startLab(root);
    await lab.pipeline.flush(1000);
    const loop = watchLoop();
    await lab.pipeline.forget('gone', []);
    expect(loop.stop('with 27 MB of rejected records')).toBeLessThan(GENEROUS_STALL_MS);
    expect(await readDeadLetters(root)).toHaveLength(40_000 - 40);
    expect(readdirSync(join(root, 'dead')).every((name) => name.startsWith('import.ndjson'))).toBe(true);
  });
});
