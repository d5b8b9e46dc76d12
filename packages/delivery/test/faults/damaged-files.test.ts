import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { arrived, filesBelow, startLab, temporaryRoot, textBelow } from '../lab.ts';
import { endedFolder, leaveBehind } from '../leave-behind.ts';
import { listSpool } from '../spool-operations.ts';

const body = (...records: readonly unknown[]) => gzipSync(records.length === 0 ? '[]' : JSON.stringify(records));
const nameOf = (sequence: number, records: number, bytes: number, lane = 'import') =>
  `${lane}-${String(sequence).padStart(16, '0')}-r${records}-b${bytes}.v2.json.gz`;
const healthy = body({ n: 1 });
const flipped = (bytes: Buffer) => {
  const copy = Buffer.from(bytes);
  const middle = copy.length >> 1;
  copy.writeUInt8(copy.readUInt8(middle) ^ 0x10, middle);
  return copy;
};
const large = body({ n: 9, padding: 'x'.repeat(500) }, { n: 10 });

/** Files of one name and another content, and what is said of them. */
const damages: readonly (readonly [string, Buffer, string])[] = [
  ['is cut off', large.subarray(0, 20), '20 bytes instead of'],
  ['is empty', Buffer.alloc(0), '0 bytes instead of'],
  ['has a flipped bit', flipped(large), ''],
  ['is no gzip', Buffer.from('x'.repeat(large.length)), 'not a gzipped batch'],
  ['is huge', Buffer.alloc(5 * 1024 * 1024), 'more than the'],
];

describe('a damaged file of an ended process', () => {
  it.each(damages)('that %s is set aside with its reason, and the others arrive', async (_, content, reason) => {
    const root = temporaryRoot();
    const folder = join(root, endedFolder());
    leaveBehind(folder, {
      [nameOf(1000, 2, large.length)]: content,
      [nameOf(2000, 1, healthy.length)]: healthy,
      'import-0000000000003000.v2.journal': '{"n":2},\n',
    });
    const lab = startLab(root);
    await lab.pipeline.flush(5000);
    expect(arrived(lab)).toEqual([1, 2]);
    const { corrupted } = await listSpool(root, Date.now());
    expect(corrupted).toMatchObject([{ reason: expect.stringContaining(reason), bytes: content.length }]);
    expect(readFileSync(corrupted[0]?.path ?? '').equals(content)).toBe(true);
    expect(lab.pipeline.stats().import?.dropped).toEqual({ torn: 2 });
  });

  it.each([
    ['an object', gzipSync('{"n":1}'), 1],
    ['a text', gzipSync('"n"'), 1],
    ['nothing', gzipSync(''), 1],
    ['fewer records than its name says', body({ n: 1 }), 2],
    ['more records than its name says', body({ n: 1 }, { n: 2 }), 1],
  ])('that holds %s is set aside', async (_, content, records) => {
    const root = temporaryRoot();
    leaveBehind(join(root, endedFolder()), { [nameOf(1000, records, content.length)]: content });
    const lab = startLab(root);
    await lab.pipeline.flush(5000);
    expect(arrived(lab)).toEqual([]);
    expect((await listSpool(root, Date.now())).corrupted).toHaveLength(1);
    expect(lab.pipeline.stats().import).toMatchObject({ pending: 0, dropped: { torn: records } });
  });

  it('of the lane of errors is set aside, too', async () => {
    const root = temporaryRoot();
    const content = gzipSync('{"event_id":"a"}\n{"type":"event"}\n{"message":');
    leaveBehind(join(root, endedFolder()), { [nameOf(1000, 1, content.length, 'sentry')]: content });
    const lab = startLab(root);
    await lab.pipeline.flush(5000);
    expect((await listSpool(root, Date.now())).corrupted).toHaveLength(1);
    expect(lab.pipeline.stats().sentry).toMatchObject({ delivered: 0, pending: 0 });
  });

  it('that cannot be searched for an erased person is not sent', async () => {
    const root = temporaryRoot();
    const content = gzipSync('[{"n":1,"distinct_id":"u1"},');
    leaveBehind(join(root, endedFolder()), { [nameOf(1000, 1, content.length)]: content });
    const lab = startLab(root, { isAway: true });
    await lab.pipeline.forget('u1', []);
    lab.setAway(false);
    await lab.pipeline.flush(5000);
    expect(arrived(lab)).toEqual([]);
    // What can be read of it names the person.
    expect(filesBelow(root).some((path) => path.includes('corrupted'))).toBe(false);
  });

  it('that lost a quotation mark, or is larger than any batch, still gives an erased person away', async () => {
    const root = temporaryRoot();
    const corrupted = join(root, 'corrupted');
    mkdirSync(corrupted, { recursive: true });
    writeFileSync(join(corrupted, 'a'), '[{"n:1,"distinct_id":"somebody"}]');
    writeFileSync(join(corrupted, 'b'), `${'{"n":1},\n'.repeat(2_500_000)}{"distinct_id":"somebody"}`);
    writeFileSync(join(corrupted, 'c'), '[{"n:1,"distinct_id":"another"}]');
    const lab = startLab(root);
    await lab.pipeline.forget('somebody', []);
    expect(filesBelow(corrupted).map((path) => path.slice(-1))).toEqual(['c']);
  });
});

describe('a file of a living process', () => {
  it.each(damages)('that %s meanwhile is set aside, and the others arrive', async (_, content) => {
    const root = temporaryRoot();
    const lab = startLab(root, { isAway: true });
    // Enough batches for the first ones to be read from the disk again.
    for (let n = 0; n < 6; n++) {
      lab.pipeline.push('import', JSON.stringify({ n, padding: 'x'.repeat(300) }));
      await lab.pipeline.flush(5000);
    }
    const [path = ''] = filesBelow(root, 'import-').sort().slice(-1);
    writeFileSync(path, content.length === large.length ? flipped(readFileSync(path)) : content);
    lab.setAway(false);
    await lab.pipeline.flush(5000);
    expect(arrived(lab)).toEqual([0, 1, 2, 3, 4]);
    expect((await listSpool(root, Date.now())).corrupted).toHaveLength(1);
    expect(lab.pipeline.stats().import?.dropped).toEqual({ torn: 1 });
  });
});

describe('what is no regular file', () => {
  const kinds: Readonly<Record<string, (path: string) => void>> = {
    'a named pipe': (path) => execFileSync('mkfifo', [path]),
    'a directory': (path) => mkdirSync(path),
    'a symbolic link': (path) => symlinkSync('/etc/passwd', path),
    'a link to nowhere': (path) => symlinkSync('/nowhere', path),
    'a link to itself': (path) => symlinkSync(path, path),
    'a device': (path) => symlinkSync('/dev/zero', path),
    'a socket': (path) => {
      const server = createServer().listen(path);
      onTestFinished(() => void server.close());
    },
  };

  it.each(Object.entries(kinds))('%s under any name holds nothing up', async (_, make) => {
    const root = temporaryRoot();
    const folder = join(root, endedFolder());
    leaveBehind(folder, { [nameOf(9000, 1, healthy.length)]: healthy });
    for (const name of [
      nameOf(1000, 1, 100),
      'import-00000001-1.json.gz',
      'import-0000000000002000.v2.journal',
      'import-0000000000003000.v9.journal',
      'other',
    ])
      make(join(folder, name));
    const lab = startLab(root);
    await lab.pipeline.flush(5000);
    lab.pipeline.push('import', '{"n":2}');
    await lab.pipeline.flush(5000);
    expect(arrived(lab)).toEqual([1, 2]);
    await lab.pipeline.forget('somebody', []);
    const { corrupted, folders } = await listSpool(root, Date.now());
    const reported = corrupted.length + folders.flatMap(({ unknown }) => unknown).length;
    expect(reported).toBe(5);
  });

  it.each(Object.entries(kinds))('%s in the place of other files of the spool holds nothing up', async (name, make) => {
    const root = temporaryRoot();
    mkdirSync(join(root, 'dead'));
    for (const file of ['forgotten.ndjson', 'forgotten.key', 'dead/import.ndjson', endedFolder(3), 'foreign'])
      make(join(root, file));
    const lab = startLab(root);
    lab.transport.answerNext({ status: 400, headers: {}, body: '{"code":400,"failed_records":[{"index":0}]}' });
    lab.pipeline.push('import', '{"n":1}');
    await lab.pipeline.flush(3000);
    await lab.pipeline.forget('somebody', []);
    lab.pipeline.push('import', '{"n":2}');
    expect(lab.pipeline.push('import', '{"distinct_id":"somebody"}')).toBe('forgotten');
    await lab.pipeline.flush(3000);
    expect(arrived(lab)).toContain(2);
    if (name === 'a directory') return;
    const { folders } = await listSpool(root, Date.now());
    expect(folders.flatMap(({ unknown }) => unknown).map(({ path }) => path)).toEqual([join(root, endedFolder(3))]);
  });
});

describe('a file of another version or lane', () => {
  it('keeps what it says of others when a person is erased from it', async () => {
    const root = temporaryRoot();
    const records = [
      { n: 1, distinct_id: 'gone' },
      { n: 2, distinct_id: 'other' },
    ].map((record) => JSON.stringify(record));
    const content = gzipSync(`[${records.join(',\n')}]`);
    const folder = join(root, endedFolder());
    leaveBehind(folder, {
      [nameOf(1000, 2, content.length, 'newlane')]: content,
      'import-0000000000003000.v9.journal': `${records.join('\n')}\n`,
    });
    const lab = startLab(root);
    await lab.pipeline.forget('gone', []);
    await lab.pipeline.close(1000);
    expect(textBelow(root)).not.toContain('gone');
    const { folders } = await listSpool(root, Date.now());
    const unknown = folders.flatMap((each) => each.unknown);
    expect(unknown.map(({ reason }) => reason)).toEqual(['another version or lane', 'another version or lane']);
    const [journal = '', batch = ''] = unknown.map(({ path }) => path);
    expect(readFileSync(journal, 'utf8')).toContain('other');
    const left = readFileSync(batch);
    expect(batch).toContain(`newlane-0000000000001000-f-r1-b${left.length}.v2.json.gz`);
  });
});
