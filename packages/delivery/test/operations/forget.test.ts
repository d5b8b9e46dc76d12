import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createPipeline } from '../../src/pipeline.ts';
import { createMemoryTransport, lanes, personIds } from '../lanes.ts';
import { anEvent, deadLetter, endedFolder, leaveBehind, sealed } from '../leave-behind.ts';
import { forgetInSpool, readDeadLetters } from '../spool-operations.ts';

describe('a person who is taken out of a spool', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'spool-forget-'));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));
  const forget = (...userIds: string[]) => forgetInSpool(root, userIds, Date.now());

  it('is gone from what ended processes left and from what was rejected', async () => {
    const error = { event_id: 'a'.repeat(32), user: { id: 'u1' }, message: 'boom' };
    const envelope = [{}, { type: 'event' }, error].map((line) => JSON.stringify(line)).join('\n');
    leaveBehind(join(root, endedFolder()), {
      'import-00000001-2.json.gz': sealed(anEvent(1, 'u1'), anEvent(2, 'u2')),
      'import-00000002.journal': `${JSON.stringify(anEvent(3, 'u1'))},\n`,
      'sentry-00000003-1.json.gz': gzipSync(envelope),
    });
    leaveBehind(join(root, 'dead'), {
      'import.ndjson': deadLetter(anEvent(4, 'u1')) + deadLetter(anEvent(5, 'u2')),
      'import.ndjson.1': deadLetter(anEvent(6, 'u1')),
    });
    const found = { removed: 2, anonymised: 1, deadLetters: 2, running: 0, problems: [], notices: [] };
    expect(await forget('u1')).toEqual(found);
    expect((await readDeadLetters(root)).map(({ record }) => record)).toEqual([anEvent(5, 'u2')]);
    expect(await forget('u1')).toEqual({ ...found, removed: 0, anonymised: 0, deadLetters: 0 });
    expect(readFileSync(join(root, 'forgotten.ndjson'), 'utf8')).not.toContain('"u1"');
  });

  it('may be one of several', async () => {
    leaveBehind(join(root, endedFolder()), {
      'import-00000001-3.json.gz': sealed(anEvent(1, 'u1'), anEvent(2, 'u2'), anEvent(3, 'u3')),
    });
    leaveBehind(join(root, 'dead'), { 'import.ndjson': deadLetter(anEvent(4, 'u1')) + deadLetter(anEvent(5, 'u2')) });
    expect(await forget('u1', 'u2')).toMatchObject({ removed: 2, deadLetters: 2 });
  });

  it('leaves no folder when nothing waits, and a tombstone for what comes later', async () => {
    await forget('u1');
    expect(readdirSync(root).sort()).toEqual(['forgotten.key', 'forgotten.ndjson']);
    const transport = createMemoryTransport();
    const pipeline = createPipeline({
      lanes,
      personIds,
      transports: { import: transport },
      spoolRoot: root,
      flushIntervalMs: 60_000,
      warn: () => {},
    });
    pipeline.push('import', JSON.stringify(anEvent(1, 'u1')));
    pipeline.push('import', JSON.stringify(anEvent(2, 'u2')));
    await pipeline.flush(5000);
    expect(transport.records('import')).toEqual([anEvent(2, 'u2')]);
    await pipeline.close(1000);
  });
});
