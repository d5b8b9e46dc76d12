import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { follow, lineOf, type Message } from '../../src/tail/tail.ts';
import { goodEvent, post, read } from '../requests.ts';
import { inboxesForTests } from '../with-inbox.ts';

const start = inboxesForTests();

const event = (changes: Record<string, unknown> = {}) =>
  goodEvent({ time: Date.now(), $insert_id: 'same', trace_id: 'a'.repeat(32), ...changes });

describe('an event that was received three times', () => {
  const repeated = event();
  const send = async (options = {}) => {
    const inbox = await start(options);
    for (const attempt of [1, 2, 3]) {
      await post(inbox, '/import', [{ ...repeated, properties: { ...repeated.properties, attempt } }]);
    }
    return inbox;
  };
  const once = { repeats: 3, properties: { attempt: 3 } };

  it.each([
    ['/api/events', 'events'],
    ['/api/timeline', 'records'],
    ['/api/timeline?kind=event', 'records'],
    [`/api/timeline?trace_id=${'a'.repeat(32)}`, 'records'],
    ['/api/person?id=user-1', 'records'],
  ])('is one record in %s, with repeats 3', async (path, list) => {
    expect((await read(await send(), path))[list]).toMatchObject([once]);
  });

  it('is counted once among the events of its user and its trace', async () => {
    const inbox = await send();
    expect(await read(inbox, '/api/people')).toMatchObject({ people: [{ id: 'user-1', events: 1 }] });
  });

  it('comes three times in the raw export', async () => {
    const { events } = await read(await send(), '/api/events?duplicates=1');
    expect((events as { repeats?: number }[]).map(({ repeats }) => repeats)).toEqual([3, 2, undefined]);
  });

  it('is one message for a reader that connects later, and one with its count for each arrival', async () => {
    const inbox = await send();
    const messages: Message[] = [];
    const end = new AbortController();
    const reading = follow(inbox.url, end.signal, (message) => {
      messages.push(message);
      if (messages.length === 1) void post(inbox, '/import', [repeated]);
      else end.abort();
    });
    await expect(reading).rejects.toThrow();
    expect(messages).toMatchObject([once, { kind: 'event', repeats: 4 }]);
    expect(lineOf(messages[1] as never, { utc: true, hasColors: false })).toContain('qr_created  ×4');
  });

  it('is still one after a restart, and counts on', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'inbox-repeats-'));
    const dataFile = join(folder, 'inbox.ndjson');
    await (await send({ dataFile })).close();
    const inbox = await start({ dataFile });
    expect(inbox.events()).toMatchObject([once]);
    await post(inbox, '/import', [repeated]);
    expect(inbox.events()).toMatchObject([{ repeats: 4 }]);
    await inbox.close();
    await rm(folder, { recursive: true });
  });

  it('starts again at one after everything was cleared', async () => {
    const inbox = await send();
    await fetch(`${inbox.url}/api/data`, { method: 'DELETE' });
    await post(inbox, '/import', [repeated]);
    expect(inbox.events()[0]).not.toHaveProperty('repeats');
  });

  it('is still counted right when older events have made room', async () => {
    const inbox = await start({ maxRecords: 2 });
    for (const id of ['a', 'b', 'same', 'same']) await post(inbox, '/import', [event({ $insert_id: id, time: 1.7e9 })]);
    expect(inbox.events()).toMatchObject([{ insertId: 'same', repeats: 2 }]);
    for (const id of ['a', 'b']) await post(inbox, '/import', [event({ $insert_id: id, time: 1.7e9 })]);
    expect(inbox.events().map(({ repeats }) => repeats)).toEqual([undefined, undefined]);
  });
});

it('events that share an insert id and nothing else are each counted', async () => {
  const inbox = await start();
  const time = Date.now();
  const three = ['a', 'b', 'c'].map((name) => ({ ...event({ time }), event: name }));
  for (const each of [...three, ...three]) await post(inbox, '/import', [each]);
  expect(inbox.events().map(({ event: name, repeats }) => [name, repeats])).toEqual([
    ['a', 2],
    ['b', 2],
    ['c', 2],
  ]);
});
