import { plan } from '@qr/events';
import { describe, expect, it } from 'vitest';
import type { Inbox } from '../../../src/index.ts';
import { goodEvent, post, read } from '../../requests.ts';
import { inboxesForTests } from '../../with-inbox.ts';

const start = inboxesForTests();
const DAY = 24 * 3600 * 1000;
const NOW = Date.now();
const RANGE = `from_date=${dateOf(NOW - 3 * DAY)}&to_date=${dateOf(NOW)}`;

function dateOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}

/** u1 scans and is linked a day later; u2 is only linked. */
async function linked(name: string): Promise<Inbox> {
  const inbox = await start({ plan: { ...plan, identify: 'ids_linked' } });
  const at = (days: number): number => NOW - days * DAY;
  const ids = (user: string) => ({ $device_id: `d-${user}`, $user_id: user, distinct_id: user });
  await post(inbox, '/import?strict=1', [
    goodEvent({ distinct_id: '$device:d-u1', $device_id: 'd-u1', time: at(2) }, 'qr_scanned'),
    goodEvent({ ...ids('u1'), time: at(1) }, name),
    goodEvent({ ...ids('u2'), time: at(1) }, name),
  ]);
  return inbox;
}

function sum(values: unknown): number {
  return Object.values(values as Record<string, number>).reduce((total, value) => total + value, 0);
}

describe.each(['ids_linked', '$identify'])('an event that links ids, %s,', (name) => {
  it('makes nobody return', async () => {
    const inbox = await linked(name);
    const query = `/api/query/retention?born_event=qr_scanned&interval_count=3&unbounded_retention=true&${RANGE}`;
    const cohorts = Object.values(await read(inbox, query)) as { first: number; counts: number[] }[];
    expect(cohorts.filter(({ first }) => first > 0)).toEqual([{ first: 1, counts: [0, 0, 0, 0] }]);
  });

  it('makes nobody be born, not even when asked for', async () => {
    const inbox = await linked(name);
    const query = `/api/query/retention?born_event=${encodeURIComponent(name)}&${RANGE}`;
    const cohorts = Object.values(await read(inbox, query)) as { first: number }[];
    expect(cohorts.map(({ first }) => first)).toEqual([0, 0, 0, 0]);
  });

  it('is a step of no funnel', async () => {
    const inbox = await linked(name);
    const steps = encodeURIComponent(JSON.stringify(['qr_scanned', name]));
    expect(await read(inbox, `/api/query/funnels?steps=${steps}&${RANGE}`)).toMatchObject({
      overall: { steps: [{ count: 1 }, { count: 0 }] },
    });
  });

  it('counts as an event, but makes nobody active', async () => {
    const inbox = await linked(name);
    const figure = async (type: string): Promise<number> => {
      const query = `/api/query/segmentation?event=${encodeURIComponent(name)}&type=${type}&${RANGE}`;
      return sum((await read(inbox, query))['overall']);
    };
    expect([await figure('general'), await figure('unique'), await figure('average')]).toEqual([2, 0, 0]);
  });

  it('is in no story and makes no person', async () => {
    const inbox = await linked(name);
    const { people } = (await read(inbox, '/api/people')) as { people: { id: string; events: number }[] };
    const scanner = name === 'ids_linked' ? 'u1' : '$device:d-u1';
    expect(people).toMatchObject([{ id: scanner, events: 1 }]);
    expect(await read(inbox, `/api/person?id=${scanner}`)).toMatchObject({
      linkedIds: name === 'ids_linked' ? ['$device:d-u1'] : [],
      records: [{ event: 'qr_scanned' }],
    });
  });
});
