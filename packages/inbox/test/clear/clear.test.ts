import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Inbox } from '../../src/index.ts';
import { container, goodEvent, post, postEnvelope, read } from '../requests.ts';
import { inboxesForTests } from '../with-inbox.ts';

const start = inboxesForTests();

async function dataFile(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'inbox-clear-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return join(folder, 'inbox.ndjson');
}

const clear = (inbox: Inbox): Promise<Response> => fetch(`${inbox.url}/api/data`, { method: 'DELETE' });
const undo = (inbox: Inbox): Promise<Response> => fetch(`${inbox.url}/api/data/undo`, { method: 'POST' });
const names = (inbox: Inbox): string[] => inbox.events().map(({ event }) => event);
const namesIn = (text: string): string[] => [...text.matchAll(/"event":"([^"]+)"/g)].map(([, name = '']) => name);

const profile = (operations: object): object => ({ $token: 't', $distinct_id: 'u1', ...operations });

describe('DELETE /api/data', () => {
  it('can be undone: events, profiles, identities, spans and raw requests are back, beside what came meanwhile', async () => {
    const inbox = await start({ keepRaw: true });
    await post(inbox, '/import', [goodEvent({ $device_id: 'd1', distinct_id: '$device:d1' }, 'before')]);
    await post(inbox, '/import', [goodEvent({ $device_id: 'd1', $user_id: 'u1', distinct_id: 'u1' }, 'login')]);
    await post(inbox, '/engage', [profile({ $set: { plan: 'free' } }), profile({ $add: { scans: 2 } })]);
    await postEnvelope(inbox, container('span', [{ name: 'a' }]));
    expect((await clear(inbox)).status).toBe(204);
    expect([inbox.events(), inbox.profiles(), inbox.spans(), inbox.raw()]).toEqual([[], [], [], []]);
    expect(await read(inbox, '/api/data/cleared')).toEqual({ cleared: { records: 5, msLeft: expect.any(Number) } });
    await post(inbox, '/import', [goodEvent({}, 'meanwhile')]);
    await post(inbox, '/engage', [profile({ $add: { scans: 1 } })]);
    expect((await undo(inbox)).status).toBe(204);
    expect(names(inbox)).toEqual(['before', 'login', 'meanwhile']);
    expect(inbox.spans()).toHaveLength(1);
    expect(inbox.profiles()).toMatchObject([{ properties: { plan: 'free' }, updates: 3 }]);
    expect(inbox.raw()).toHaveLength(6);
    expect(await read(inbox, '/api/events?distinct_id=u1')).toMatchObject({ total: 2 });
    const today = new Date().toISOString().slice(0, 10);
    const report = `/api/query/segmentation?event=before&from_date=${today}&to_date=${today}`;
    expect(await read(inbox, report)).toMatchObject({ data: { values: { before: { [today]: 1 } } } });
    expect(await read(inbox, '/api/data/cleared')).toEqual({ cleared: null });
  });

  it('is brought back whole when it came twice', async () => {
    const inbox = await start();
    for (const name of ['a', 'b']) {
      await post(inbox, '/import', [goodEvent({}, name)]);
      await clear(inbox);
    }
    await post(inbox, '/import', [goodEvent({}, 'c')]);
    expect(await read(inbox, '/api/data/cleared')).toMatchObject({ cleared: { records: 2 } });
    await undo(inbox);
    expect(names(inbox)).toEqual(['a', 'b', 'c']);
  });

  it('counts an event that was repeated after it, once it is undone', async () => {
    const inbox = await start();
    const event = goodEvent({ $insert_id: 'same' }, 'repeated');
    await post(inbox, '/track', [event]);
    await clear(inbox);
    await post(inbox, '/track', [event]);
    await undo(inbox);
    expect(inbox.events()).toMatchObject([{ event: 'repeated', repeats: 2 }]);
  });

  it('answers 409 when there is nothing to undo, and offers nothing when nothing was cleared', async () => {
    const inbox = await start();
    expect((await undo(inbox)).status).toBe(409);
    await clear(inbox);
    expect(await read(inbox, '/api/data/cleared')).toEqual({ cleared: null });
    await post(inbox, '/import', [goodEvent()]);
    await clear(inbox);
    await undo(inbox);
    const second = await undo(inbox);
    expect([second.status, await second.json()]).toMatchObject([409, { message: expect.stringContaining('undo') }]);
    expect(inbox.events()).toHaveLength(1);
  });

  it('removes from the data file after ten seconds, and nothing before', { timeout: 20_000 }, async () => {
    const path = await dataFile();
    const inbox = await start({ dataFile: path });
    await post(inbox, '/import', [goodEvent({}, 'before')]);
    await clear(inbox);
    const clearedAt = performance.now();
    await post(inbox, '/import', [goodEvent({}, 'meanwhile')]);
    await new Promise((resolve) => setTimeout(resolve, 9000 - (performance.now() - clearedAt)));
    expect(namesIn(await readFile(path, 'utf8'))).toEqual(['before', 'meanwhile']);
    const { cleared } = (await read(inbox, '/api/data/cleared')) as { cleared: { msLeft: number } };
    expect(cleared.msLeft).toBeLessThanOrEqual(1100);
    await expect.poll(async () => namesIn(await readFile(path, 'utf8')), { timeout: 5000 }).toEqual(['meanwhile']);
    expect(performance.now() - clearedAt).toBeGreaterThan(9500);
    expect((await undo(inbox)).status).toBe(409);
    await post(inbox, '/import', [goodEvent({}, 'after')]);
    await inbox.close();
    expect(names(await start({ dataFile: path }))).toEqual(['meanwhile', 'after']);
  });

  it('is as if it had not been when the inbox stops within the ten seconds', async () => {
    const path = await dataFile();
    const inbox = await start({ dataFile: path });
    await post(inbox, '/import', [goodEvent({}, 'before')]);
    await clear(inbox);
    await post(inbox, '/import', [goodEvent({}, 'meanwhile')]);
    await inbox.close();
    expect(names(await start({ dataFile: path }))).toEqual(['before', 'meanwhile']);
  });

  it('keeps the data file whole through an undo', async () => {
    const path = await dataFile();
    const inbox = await start({ dataFile: path });
    await post(inbox, '/import', [goodEvent({}, 'before')]);
    await clear(inbox);
    await undo(inbox);
    await post(inbox, '/import', [goodEvent({}, 'after')]);
    await inbox.close();
    expect(names(await start({ dataFile: path }))).toEqual(['before', 'after']);
  });

  it('does not bring back a person who was deleted meanwhile, and loses nobody else to the deletion', async () => {
    const path = await dataFile();
    const inbox = await start({ dataFile: path });
    const login = (user: string) => goodEvent({ $device_id: `d-${user}`, $user_id: user, distinct_id: user }, user);
    const device = goodEvent({ $device_id: 'd-ada', distinct_id: '$device:d-ada' }, 'device of ada');
    await post(inbox, '/import', [device, login('ada'), login('bob')]);
    await post(inbox, '/engage', [{ $token: 't', $distinct_id: 'ada', $set: { plan: 'pro' } }]);
    await clear(inbox);
    const deletion = { distinct_ids: ['ada'], compliance_type: 'GDPR' };
    await post(inbox, '/api/app/data-deletions/v3.0/?token=t', deletion, { authorization: 'Bearer secret' });
    await expect.poll(async () => namesIn(await readFile(path, 'utf8'))).toEqual(['bob']);
    await undo(inbox);
    expect(names(inbox)).toEqual(['bob']);
    expect(inbox.profiles()).toEqual([]);
  });

  it('is final at once when a test clears the inbox', async () => {
    const inbox = await start();
    await post(inbox, '/import', [goodEvent()]);
    await clear(inbox);
    inbox.clear();
    expect((await undo(inbox)).status).toBe(409);
    expect(inbox.events()).toEqual([]);
  });
});
