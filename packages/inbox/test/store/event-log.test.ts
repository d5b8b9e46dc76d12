import { appendFile, chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Inbox } from '../../src/index.ts';
import { container, envelope, goodEvent, post, postEnvelope, read } from '../requests.ts';
import { inboxesForTests } from '../with-inbox.ts';

let folder: string;
let dataFile: string;
const start = inboxesForTests();

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'inbox-'));
  dataFile = join(folder, 'nested', 'inbox.ndjson');
});
afterEach(() => rm(folder, { recursive: true }));

const names = (inbox: Inbox): string[] => inbox.events().map(({ event }) => event);

async function timelineOf(inbox: Inbox): Promise<{ id: number }[]> {
  const { records } = (await read(inbox, '/api/timeline')) as { records: { id: number }[] };
  return records;
}

describe('a restart with a data file', () => {
  it('has everything as it was', async () => {
    const first = await start({ dataFile });
    await post(first, '/import', [goodEvent({ note: 'line\u2028separator\nand newline' }), { event: 'refused' }]);
    await post(first, '/engage', [{ $token: 't', $distinct_id: 'u', $add: { logins: 2 } }]);
    await postEnvelope(first, envelope({ type: 'event' }, { message: 'hello' }));
    await postEnvelope(first, container('span', [{ name: 's', trace_id: 't' }]));
    await postEnvelope(first, container('log', [{ body: 'l' }]));
    await postEnvelope(first, envelope({ type: 'session' }, { sid: 'x' }));
    await first.close();

    const second = await start({ dataFile });
    const everything = (inbox: Inbox): unknown => [
      inbox.events(),
      inbox.profiles(),
      inbox.errors(),
      inbox.spans(),
      inbox.logs(),
      inbox.items(),
      inbox.rejected(),
    ];
    expect(everything(second)).toEqual(everything(first));
    expect(second.events()[0]?.properties['note']).toBe('line\u2028separator\nand newline');
  });

  it('skips a torn last line, and writes on below it', async () => {
    const first = await start({ dataFile });
    await post(first, '/import', [goodEvent({}, 'before')]);
    await first.close();
    await appendFile(dataFile, '{"id":2,"kind":"event","event":"to');

    const second = await start({ dataFile });
    expect(names(second)).toEqual(['before']);
    await post(second, '/import', [goodEvent({}, 'after')]);
    await second.close();
    expect(names(await start({ dataFile }))).toEqual(['before', 'after']);
  });

  it('skips lines that are no records', async () => {
    const first = await start({ dataFile });
    await post(first, '/import', [goodEvent({}, 'kept')]);
    await first.close();
    await writeFile(
      dataFile,
      `hello\n\n[]\nnull\n{"kind":"event"}\n{"id":1,"kind":"hat"}\n${await readFile(dataFile, 'utf8')}`,
    );
    expect(names(await start({ dataFile }))).toEqual(['kept']);
  });

  it('gives new records ids above the old ones', async () => {
    const first = await start({ dataFile });
    await post(first, '/import', [goodEvent(), goodEvent()]);
    await first.close();
    const second = await start({ dataFile });
    await post(second, '/import', [goodEvent()]);
    expect(second.events().map(({ id }) => id)).toEqual([1, 2, 3]);
  });

  it('has forgotten what was cleared', async () => {
    const first = await start({ dataFile });
    await post(first, '/import', [goodEvent({}, 'old')]);
    first.clear();
    await post(first, '/import', [goodEvent({}, 'new')]);
    await first.close();
    expect(names(await start({ dataFile }))).toEqual(['new']);
  });

  it('shrinks a file that holds far more than is kept, and keeps what profiles add up to', async () => {
    const first = await start({ dataFile });
    for (let count = 0; count < 20; count += 1) {
      await post(first, '/engage', [{ $token: 't', $distinct_id: 'u', $add: { logins: 1 } }]);
      await post(first, '/import', [goodEvent({}, `event-${count}`)]);
    }
    await first.close();
    for (const _restart of [1, 2]) {
      const small = await start({ dataFile, maxRecords: 3 });
      expect(small.profiles()[0]?.properties).toEqual({ logins: 20 });
      const ids = (await timelineOf(small)).map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
      expect(names(small)).toEqual(['event-17', 'event-18', 'event-19']);
      await small.close();
    }
    expect((await readFile(dataFile, 'utf8')).trim().split('\n')).toHaveLength(4);
  });
});

describe('the data file', () => {
  const modeOf = async (path: string) => (await stat(path)).mode & 0o777;

  it('is readable by its owner alone, and so is the folder that is made for it', async () => {
    const inbox = await start({ dataFile });
    await post(inbox, '/import', [goodEvent()]);
    await inbox.close();
    expect(await modeOf(dataFile)).toBe(0o600);
    expect(await modeOf(dirname(dataFile))).toBe(0o700);
  });

  it('is closed to others when an older version left it open, and stays so when it is rewritten', async () => {
    await mkdir(dirname(dataFile));
    await writeFile(dataFile, '');
    await chmod(dataFile, 0o644);
    const inbox = await start({ dataFile });
    expect(await modeOf(dataFile)).toBe(0o600);
    await post(inbox, '/import', [goodEvent(), goodEvent()]);
    inbox.compact();
    await inbox.close();
    expect(await modeOf(dataFile)).toBe(0o600);
  });
});
