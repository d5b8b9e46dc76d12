import { createHmac } from 'node:crypto';
import { mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { arrived, startLab, temporaryRoot } from '../lab.ts';
import { leaveBehind } from '../leave-behind.ts';
import { readDeadLetters, replayDeadLetters } from '../spool-operations.ts';

const host =
  hostname()
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '') || 'host';
const body = (...records: readonly unknown[]) => gzipSync(JSON.stringify(records));
const eventOf = (n: number, person = 'u') => ({
  n,
  event: 'qr_scanned',
  properties: { distinct_id: person, $insert_id: `i${n}` },
});
const updateOf = (n: number) => ({ n, $distinct_id: 'u', $set: { n } });

/** A spool as the previous version left it when it was killed. */
function leaveFormat1(root: string, folder = `${host}-99999999-1-0a1b2c3d`): void {
  const path = join(root, folder);
  leaveBehind(path, {
    heartbeat: '',
    'import-00000001-2.json.gz': body(eventOf(1), eventOf(2)),
    'import-00000003-a-1.json.gz': body(eventOf(3)),
    'import-00000003-b-1.json.gz': body(eventOf(4)),
    'import-00000005-f-1.json.gz': body(eventOf(5)),
    // Halves of a batch that is still whole were never sent.
    'import-00000007-2.json.gz': body(eventOf(6), eventOf(7)),
    'import-00000007-a-1.json.gz': body(eventOf(6)),
    'import-00000009.journal': `${JSON.stringify(eventOf(8))},\n${JSON.stringify(eventOf(9, 'gone'))},\n{"n":`,
    'import-00000011-1.json.gz': body(eventOf(10)),
    'import-00000011.journal': `${JSON.stringify(eventOf(10))},\n`,
    'import-00000013-1.json.gz.tmp': 'half',
  });
  for (let n = 1; n <= 12; n++) {
    const file = join(path, `engage-${String(n).padStart(8, '0')}-1.json.gz`);
    writeFileSync(file, body(updateOf(n)));
    // Files of the same moment have the same time.
    utimesSync(file, 1_700_000_000, 1_700_000_000);
  }
  utimesSync(join(path, 'heartbeat'), 1_700_000_000, 1_700_000_000);
  const key = Buffer.alloc(32, 7);
  writeFileSync(join(root, 'forgotten.key'), key.toString('hex'));
  const entry = `4 ${createHmac('sha256', key).update('gone').digest('base64url')}`;
  writeFileSync(join(root, 'forgotten.ndjson'), `${JSON.stringify(entry)}\n`);
  mkdirSync(join(root, 'dead'));
  const letter = { at: '2026-11-20T10:00:00.000Z', reason: 'refused', field: 'time', record: eventOf(20) };
  writeFileSync(join(root, 'dead/import.ndjson'), `${JSON.stringify(letter)}\n`);
}

describe('a spool of the previous version', () => {
  it('is delivered as a whole, in order, and erases whom it had erased', async () => {
    const root = temporaryRoot();
    leaveFormat1(root);
    const lab = startLab(root);
    await lab.pipeline.flush(5000);
    expect(arrived(lab)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 10]);
    expect(lab.transport.records('engage').map((record) => (record as { n: number }).n)).toEqual([
      1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12,
    ]);
    expect(lab.pipeline.stats().import?.dropped).toEqual({ torn: 1, forgotten: 1 });
    expect(lab.pipeline.push('import', JSON.stringify(eventOf(11, 'gone')))).toBe('forgotten');
    expect(await readDeadLetters(root)).toMatchObject([{ reason: 'refused', record: { n: 20 } }]);
    await replayDeadLetters(root, {}, Date.now());
    await lab.pipeline.close(1000);
    const next = startLab(root);
    await next.pipeline.flush(3000);
    expect(arrived(next)).toEqual([20]);
    await next.pipeline.close(1000);
    expect(readdirSync(root).sort()).toEqual(['dead', 'forgotten.key', 'forgotten.ndjson']);
  });

  it('is left alone while the previous version still runs', async () => {
    const root = temporaryRoot();
    const folder = `${host}-${process.pid}-1-0a1b2c3d`;
    leaveFormat1(root, folder);
    const now = new Date();
    utimesSync(join(root, folder, 'heartbeat'), now, now);
    const lab = startLab(root);
    await lab.pipeline.flush(2000);
    expect(arrived(lab)).toEqual([]);
  });

  it('keeps the order of a profile that was rewritten, as its file is younger then', async () => {
    const root = temporaryRoot();
    leaveFormat1(root);
    const path = join(root, `${host}-99999999-1-0a1b2c3d`);
    writeFileSync(join(path, 'engage-00000000-f-1.json.gz'), body(updateOf(0)));
    const lab = startLab(root);
    await lab.pipeline.flush(5000);
    expect(lab.transport.records('engage').map((record) => (record as { n: number }).n)).toEqual([
      0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12,
    ]);
  });
});
