import { mkdirSync, mkdtempSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createPipeline } from '../../src/pipeline.ts';
import { createMemoryTransport, lanes } from '../lanes.ts';
import { anEvent, deadLetter, endedFolder, FOREIGN_FOLDER, leaveBehind, sealed } from '../leave-behind.ts';
import { findSpools, listSpool, readDeadLetters } from '../spool-operations.ts';

describe('a spool, seen from outside', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'spool-listing-'));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it('shows what ended processes left, in folders that they had adopted too', async () => {
    const body = sealed(anEvent(1), anEvent(2));
    leaveBehind(join(root, endedFolder()), {
      'import-00000001-2.json.gz': body,
      'import-00000002.journal': `${JSON.stringify(anEvent(3))},\n{"torn`,
      'import-00000003-9.json.gz.tmp': 'half',
      'somebody elses': '',
    });
    leaveBehind(join(root, endedFolder(), `adopted-${endedFolder(2)}`), { 'engage-00000001-1.json.gz': sealed({}) });
    const { folders } = await listSpool(root, Date.now());
    expect(folders).toMatchObject([{ state: 'ended', owner: { pid: 99_999_999 } }]);
    expect(folders[0]?.files.map(({ kind, lane, records }) => [kind, lane, records])).toEqual([
      ['batch', 'import', 2],
      ['journal', 'import', 1],
      ['batch', 'engage', 1],
    ]);
    expect(folders[0]?.files[0]?.bytes).toBe(body.length);
  });

  it('tells processes that run from those on other machines, and from those that gave no sign of life', async () => {
    const pipeline = createPipeline({
      lanes,
      transports: { import: createMemoryTransport() },
      spoolRoot: root,
      flushIntervalMs: 60_000,
      warn: () => {},
    });
    pipeline.push('import', JSON.stringify(anEvent(1)));
    await new Promise((resolve) => setImmediate(resolve));
    leaveBehind(join(root, FOREIGN_FOLDER), { heartbeat: '' });
    const states = async () => (await listSpool(root, Date.now())).folders.map(({ state }) => state);
    expect((await states()).sort()).toEqual(['elsewhere', 'running']);
    utimesSync(join(root, FOREIGN_FOLDER, 'heartbeat'), new Date(0), new Date(0));
    expect((await states()).sort()).toEqual(['ended', 'running']);
    const own = (await listSpool(root, Date.now())).folders.find(({ state }) => state === 'running');
    expect(own?.files).toMatchObject([{ kind: 'journal', lane: 'import', records: 1 }]);
    await pipeline.close(1000);
  });

  it('is found for each service, with those for errors and pages in it', async () => {
    for (const path of ['auth-service/errors', 'web-server/pages', 'web-server/dead', 'idle-service'])
      mkdirSync(join(root, path), { recursive: true });
    const names = ['auth-service', 'auth-service/errors', 'idle-service', 'web-server', 'web-server/pages'];
    expect((await findSpools(root)).map(({ name }) => name)).toEqual(names);
    expect((await findSpools(join(root, 'web-server'))).map(({ name }) => name)).toEqual(names.slice(3));
  });

  it('shows rejected records of all files by time, and leaves out what is torn', async () => {
    leaveBehind(join(root, 'dead'), {
      'import.ndjson': `${deadLetter(anEvent(3), 'c', '2026-11-20T12:00:00.000Z')}{"at":"2026`,
      'import.ndjson.1': deadLetter(anEvent(1), 'a', '2026-11-20T10:00:00.000Z'),
      'import.ndjson.00c0ffee': deadLetter(anEvent(2), 'b', '2026-11-20T11:00:00.000Z'),
      'unknown.ndjson': deadLetter({}),
    });
    const letters = await readDeadLetters(root);
    expect(letters.map(({ reason }) => reason)).toEqual(['a', 'b', 'c']);
    expect(letters[0]).toEqual({
      lane: 'import',
      at: '2026-11-20T10:00:00.000Z',
      reason: 'a',
      field: 'properties.time',
      record: anEvent(1),
    });
  });
});
