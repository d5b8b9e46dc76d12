import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createPipeline } from '../../src/pipeline.ts';
import { createMemoryTransport, lanes, personIds } from '../lanes.ts';
import { anEvent, deadLetter, endedFolder, FOREIGN_FOLDER, leaveBehind, sealed } from '../leave-behind.ts';
import { planPurge, purgeSpool, readDeadLetters } from '../spool-operations.ts';

describe('what is deleted from a spool', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'spool-purge-'));
    leaveBehind(join(root, endedFolder()), {
      'import-00000001-2.json.gz': sealed(anEvent(1), anEvent(2)),
      'import-00000002.journal': `${JSON.stringify(anEvent(3))},\n`,
      'engage-00000003-1.json.gz': sealed({}),
      heartbeat: '',
    });
    leaveBehind(join(root, 'dead'), {
      'import.ndjson': deadLetter(anEvent(4), 'old', '2026-11-01T00:00:00.000Z') + deadLetter(anEvent(5), 'new'),
      'engage.ndjson': deadLetter({}),
    });
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));
  const purge = (selection: Parameters<typeof purgeSpool>[1]) => purgeSpool(root, selection, Date.now());

  it('is what was announced, and everything when nothing narrows it', async () => {
    const counts = { batches: 2, journals: 1, records: 4, deadLetters: 3, corrupted: 0 };
    expect(await planPurge(root, {}, Date.now())).toEqual(counts);
    expect(await purge({})).toEqual(counts);
    expect(readdirSync(root)).toEqual(['dead']);
    expect(readdirSync(join(root, 'dead'))).toEqual([]);
    expect(await purge({})).toEqual({ batches: 0, journals: 0, records: 0, deadLetters: 0, corrupted: 0 });
  });

  it('is of one lane when one was named', async () => {
    expect(await purge({ lane: 'engage' })).toMatchObject({ batches: 1, journals: 0, records: 1, deadLetters: 1 });
    expect((await readDeadLetters(root)).map(({ lane }) => lane)).toEqual(['import', 'import']);
  });

  it('is no request to forget somebody, unless that was said', async () => {
    leaveBehind(join(root, endedFolder(2)), { 'deletions-00000001-1.json.gz': sealed({ $distinct_id: 'u1' }) });
    leaveBehind(join(root, 'dead'), { 'deletions.ndjson': deadLetter({ $distinct_id: 'u1' }) });
    await purge({});
    expect(await purge({ lane: 'deletions' })).toMatchObject({ batches: 1, journals: 0, records: 1, deadLetters: 1 });
  });

  it('is no corrupted file, unless that was said, and then with its reason', async () => {
    const corrupted = join(root, 'corrupted');
    const name = `${endedFolder()}_import-1763600000000000-r2-b90.v2.json.gz`;
    leaveBehind(corrupted, {
      [name]: 'no gzip',
      [`${name}.reason`]: 'not gzip',
      'owner_deletions-1763600000000001.v2.journal': '',
    });
    mkdirSync(join(corrupted, 'owner_folder/inner'), { recursive: true });
    symlinkSync(join(root, 'dead'), join(corrupted, 'owner_link'));
    await purge({});
    expect(readdirSync(corrupted)).toHaveLength(5);
    expect(await purge({ onlyCorrupted: true, lane: 'import' })).toMatchObject({ corrupted: 1, deadLetters: 0 });
    expect(await planPurge(root, { onlyCorrupted: true }, Date.now())).toMatchObject({ corrupted: 2 });
    expect(await purge({ onlyCorrupted: true })).toMatchObject({ corrupted: 2 });
    // A request to forget somebody.
    expect(readdirSync(corrupted)).toEqual(['owner_deletions-1763600000000001.v2.journal']);
    expect(readdirSync(root)).toContain('dead');
  });

  it('is of rejected records only when that was said', async () => {
    expect(await purge({ onlyDead: true, lane: 'import' })).toEqual({
      ...{ batches: 0, journals: 0, records: 0 },
      ...{ deadLetters: 2, corrupted: 0 },
    });
    expect(readdirSync(join(root, endedFolder()))).toHaveLength(4);
  });

  it('is what is older, by when it was sealed or rejected', async () => {
    const old = new Date('2026-11-01T00:00:00.000Z');
    utimesSync(join(root, endedFolder(), 'import-00000001-2.json.gz'), old, old);
    const counts = { batches: 1, journals: 0, records: 2, deadLetters: 1, corrupted: 0 };
    expect(await purge({ before: Date.parse('2026-11-10T00:00:00.000Z') })).toEqual(counts);
    expect((await readDeadLetters(root)).map(({ reason }) => reason).sort()).toEqual(['new', 'refused']);
  });

  it('is never the journal of a process that runs or may run', async () => {
    const transport = createMemoryTransport();
    const pipeline = createPipeline({
      lanes,
      personIds,
      transports: { import: transport },
      spoolRoot: root,
      flushIntervalMs: 60_000,
      warn: () => {},
    });
    await pipeline.flush(5000);
    leaveBehind(join(root, FOREIGN_FOLDER), { heartbeat: '', 'import-00000001.journal': '{"n":7},\n' });
    pipeline.push('import', '{"n":8}');
    await new Promise((resolve) => setImmediate(resolve));
    expect(await purge({ lane: 'import' })).toMatchObject({ journals: 0 });
    expect(readdirSync(join(root, FOREIGN_FOLDER))).toContain('import-00000001.journal');
    await pipeline.close(1000);
    expect(transport.records('import').at(-1)).toEqual({ n: 8 });
  });
});
