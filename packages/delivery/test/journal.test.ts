import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readJournal } from '../src/body.ts';
import { Journal } from '../src/journal.ts';
import { batchLimitsOf } from '../src/lanes.ts';
import { lanes } from './lanes.ts';

describe('Journal', () => {
  let folder: string;
  let files: number;
  let errors: unknown[];
  const pathOf = (file: number) => join(folder, `${file}.journal`);
  const onDisk = (file = files) => readJournal(readFileSync(pathOf(file), 'utf8')).records;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'journal-'));
    files = 0;
    errors = [];
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const createJournal = (nextPath: () => string | undefined = () => pathOf(++files)) =>
    new Journal({
      limits: batchLimitsOf(lanes.import),
      nextFile: () => {
        const path = nextPath();
        return path === undefined ? undefined : { path, folder: { id: 'owner', path: folder } };
      },
      checkOwnership: () => {},
      onDiskError: (error) => errors.push(error),
    });

  it('writes all that was added since the last commit, and nothing before', () => {
    const journal = createJournal();
    journal.add('{"n":1}');
    journal.add('{"n":2}');
    expect(files).toBe(0);
    journal.commit();
    expect(onDisk()).toEqual(['{"n":1}', '{"n":2}']);
    journal.add('{"n":3}');
    journal.commit();
    expect(onDisk()).toHaveLength(3);
    journal.close();
  });

  it('does not wait for the end of a turn that takes long', () => {
    const journal = createJournal();
    const block = () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 25);
    journal.add('{"n":0}');
    block();
    for (let n = 1; n <= 8; n++) journal.add(`{"n":${n}}`);
    expect(onDisk()).toHaveLength(8);
    journal.close();
  });

  it('gives the records as the JSON array that will be sent, and starts a new file', () => {
    const journal = createJournal();
    journal.add('{"n":"\u00e4 \u{1F600}"}');
    journal.add('{"n":2}');
    const batch = journal.take();
    expect(JSON.parse(batch.body.toString())).toEqual([{ n: '\u00e4 \u{1F600}' }, { n: 2 }]);
    expect(batch).toMatchObject({ records: 2, file: { path: pathOf(1) } });
    journal.add('{"n":3}');
    journal.commit();
    expect(onDisk(2)).toEqual(['{"n":3}']);
    journal.close();
  });

  it('says when a batch is full, by number and by size', () => {
    const journal = createJournal();
    for (let n = 1; n < 2000; n++) expect(journal.add('{}')).toBe(false);
    expect(journal.add('{}')).toBe(true);
    journal.take();
    const large = `{"x":"${'\u20ac'.repeat(10_000)}"}`;
    let added = 0;
    while (!journal.add(large)) added++;
    const { body } = journal.take();
    expect(added).toBeGreaterThan(50);
    expect(body.length).toBeLessThanOrEqual(1_900_000);
    journal.close();
  });

  it('commits by itself in a long synchronous burst', () => {
    const journal = createJournal();
    for (let n = 0; n < 100; n++) journal.add(`{"x":"${'x'.repeat(1000)}"}`);
    expect(onDisk().length).toBeGreaterThan(66);
    journal.close();
  });

  it('keeps everything in memory while there is no disk', () => {
    const journal = createJournal(() => undefined);
    journal.add('{"n":1}');
    expect(JSON.parse(journal.take().body.toString())).toEqual([{ n: 1 }]);
  });

  it('reports a disk that refuses, and loses nothing', () => {
    const journal = createJournal(() => join(folder, 'no', 'such', 'folder'));
    journal.add('{"n":1}');
    journal.commit();
    journal.add('{"n":2}');
    expect(JSON.parse(journal.take().body.toString())).toEqual([{ n: 1 }, { n: 2 }]);
    expect(errors).toHaveLength(1);
  });

  it('reuses the memory of a batch without mixing it with the next one', () => {
    const journal = createJournal();
    for (let round = 0; round < 5; round++) {
      journal.add(`{"round":${round}}`);
      const batch = journal.take();
      expect(JSON.parse(batch.body.toString())).toEqual([{ round }]);
      journal.recycle(batch);
    }
  });
});

describe('readJournal', () => {
  it.each([
    ['a torn last record', '{"n":1},\n{"n":2},\n{"n":', 2, 1],
    ['a last record without its separator', '{"n":1},\n{"n":2}', 2, 0],
    ['damaged bytes in the middle', '{"n":1},\n{"\u0000!!},\n{"n":3},\n', 2, 1],
    ['nothing', '', 0, 0],
    ['something else', 'hello', 0, 1],
  ])('survives %s', (_, text, whole, lost) => {
    const journal = readJournal(text);
    expect([journal.records.length, journal.lost]).toEqual([whole, lost]);
  });
});
