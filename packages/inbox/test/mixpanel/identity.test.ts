import { describe, expect, it, vi } from 'vitest';
import { goodEvent, post, read } from '../requests.ts';
import { inboxesForTests } from '../with-inbox.ts';

const start = inboxesForTests();

type Sent = readonly [device: string | undefined, user: string | undefined];

/**
 * The flows of https://docs.mixpanel.com/docs/tracking-methods/id-management/identifying-users-simplified, each event with
 * its device and user, and the distinct ids that the page gives them once all have arrived.
 */
const FLOWS: [string, Sent[], string[]][] = [
  [
    'a visitor who has not signed up',
    [
      ['D1', undefined],
      ['D1', undefined],
    ],
    ['$device:D1', '$device:D1'],
  ],
  [
    'a visitor who signs up',
    [
      ['D1', undefined],
      ['D1', undefined],
      ['D1', 'U1'],
    ],
    ['U1', 'U1', 'U1'],
  ],
  [
    'a user on a new device, before log-in',
    [
      ['D1', undefined],
      ['D1', 'U1'],
      ['D2', undefined],
    ],
    ['U1', 'U1', '$device:D2'],
  ],
  [
    'a user on a new device, after log-in',
    [
      ['D1', undefined],
      ['D1', 'U1'],
      ['D2', undefined],
      ['D2', undefined],
      ['D2', 'U1'],
    ],
    ['U1', 'U1', 'U1', 'U1', 'U1'],
  ],
  [
    'two users of one device, with a reset between them',
    [
      ['D1', undefined],
      ['D1', 'U1'],
      ['D2', undefined],
      ['D2', undefined],
      ['D2', 'U2'],
    ],
    ['U1', 'U1', 'U2', 'U2', 'U2'],
  ],
  // A device belongs to one user and two users are never merged: without a reset, what is anonymous stays with the first.
  [
    'two users of one device, without a reset',
    [
      ['D1', 'U1'],
      ['D1', 'U2'],
      ['D1', undefined],
    ],
    ['U1', 'U2', 'U1'],
  ],
  [
    'an event that comes after the merge',
    [
      ['D1', 'U1'],
      ['D1', undefined],
    ],
    ['U1', 'U1'],
  ],
  ['a user without any device', [[undefined, 'U1']], ['U1']],
];

describe('who did it', () => {
  it.each(FLOWS)('%s', async (_flow, sent, expected) => {
    const inbox = await start();
    for (const [index, [device, user]] of sent.entries()) {
      const properties = {
        distinct_id: undefined,
        ...(device && { $device_id: device }),
        ...(user && { $user_id: user }),
      };
      await post(inbox, '/track', [goodEvent(properties, `event-${index}`)]);
    }
    const { events } = (await read(inbox, '/api/events')) as { events: { distinctId: string }[] };
    expect(events.map(({ distinctId }) => distinctId).reverse()).toEqual(expected);
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['the user, over a distinct id that was sent', { distinct_id: 'X', $user_id: 'U1', $device_id: 'D1' }, 'U1'],
    ['the device, over a distinct id that was sent', { distinct_id: 'X', $device_id: 'D1' }, '$device:D1'],
    ['the distinct id, when there is no other', { distinct_id: 'X' }, 'X'],
    ['nobody, when the distinct id is empty', { distinct_id: '' }, ''],
  ])('%s', async (_who, ids, expected) => {
    const inbox = await start();
    await post(inbox, '/track', [goodEvent(ids)]);
    expect(inbox.events().map(({ distinctId }) => distinctId)).toEqual([expected]);
  });

  it.each(['$identify', '$create_alias', '$merge'])(
    'is not changed by %s, which the simplified system ignores',
    async (event) => {
      const inbox = await start();
      const merge = {
        distinct_id: 'U1',
        $device_id: 'D1',
        $user_id: 'U1',
        $identified_id: 'U1',
        $anon_id: 'D1',
        alias: 'D1',
        $distinct_ids: ['U1', 'D1'],
      };
      await post(inbox, '/track', [goodEvent({ distinct_id: undefined, $device_id: 'D1' }), goodEvent(merge, event)]);
      expect(await read(inbox, '/api/events?distinct_id=U1')).toMatchObject({ total: 1 });
      const { warnings } = await read(inbox, '/api/plan');
      expect(warnings).toMatchObject([{ kind: 'ignored-link', title: expect.stringContaining(event), count: 1 }]);
      await post(inbox, '/track', [goodEvent({ distinct_id: 'U1', $device_id: 'D1', $user_id: 'U1' })]);
      expect(await read(inbox, '/api/events?distinct_id=U1')).toMatchObject({ total: 3 });
    },
  );

  it('does not move what was set on the profile of a device', async () => {
    const inbox = await start();
    await post(inbox, '/engage', [{ $token: 't', $distinct_id: '$device:D1', $set: { plan: 'free' } }]);
    await post(inbox, '/track', [goodEvent({ distinct_id: undefined, $device_id: 'D1', $user_id: 'U1' })]);
    expect(inbox.profiles().map(({ distinctId }) => distinctId)).toEqual(['$device:D1']);
  });
});

describe('in a project with Original ID Merge', () => {
  const ANONYMOUS = '1f0e8c9c-3f5a-4b7e-9d54-0f2a3c4b5d6e';
  const OTHER = '2f0e8c9c-3f5a-4b7e-9d54-0f2a3c4b5d6e';
  const by = (id: string, event = 'qr_created') => goodEvent({ distinct_id: id }, event);
  const link = (event: string, properties: Record<string, unknown>) => goodEvent(properties, event);
  const identify = (user: string, anonymous: string) =>
    link('$identify', { distinct_id: user, $identified_id: user, $anon_id: anonymous });

  async function project(...events: readonly object[]): Promise<(id: string) => Promise<unknown>> {
    const inbox = await start({ idMerge: 'original' });
    await post(inbox, '/import?strict=1', events);
    return async (id) => (await read(inbox, `/api/person?id=${id}`))['id'];
  }

  it('$identify gives what was anonymous to the user, backwards too', async () => {
    const personOf = await project(by(ANONYMOUS), identify('u1', ANONYMOUS), by('u1'));
    expect([await personOf(ANONYMOUS), await personOf('u1')]).toEqual(['u1', 'u1']);
  });

  it('$identify as the browser SDK writes it does the same', async () => {
    const personOf = await project(
      by(`$device:${ANONYMOUS}`),
      link('$identify', { distinct_id: 'u1', $anon_distinct_id: `$device:${ANONYMOUS}` }),
    );
    expect(await personOf(`$device:${ANONYMOUS}`)).toBe('u1');
  });

  it('$create_alias gives a user another id', async () => {
    const personOf = await project(by('u1'), link('$create_alias', { distinct_id: 'u1', alias: 'alice' }));
    expect(await personOf('alice')).toBe('u1');
  });

  it('$merge joins any two ids, with all that belongs to each', async () => {
    const personOf = await project(identify('u1', ANONYMOUS), identify('u2', OTHER), {
      event: '$merge',
      properties: { $distinct_ids: ['u1', 'u2'] },
    });
    expect([await personOf(ANONYMOUS), await personOf(OTHER), await personOf('u2')]).toEqual(['u1', 'u1', 'u1']);
  });

  it('$device_id and $user_id mean nothing', async () => {
    const inbox = await start({ idMerge: 'original' });
    await post(inbox, '/track', [goodEvent({ distinct_id: 'x', $device_id: 'd', $user_id: 'u' })]);
    expect(inbox.events()).toMatchObject([{ distinctId: 'x' }]);
    expect(await read(inbox, '/api/person?id=$device:d')).toMatchObject({ id: '$device:d' });
  });

  it.each<[string, readonly object[], RegExp]>([
    ['an id that is no UUID of version 4', [identify('u1', 'D1')], /^linked no ids: \$identify: .*version 4/],
    [
      "an anonymous id that is another user's",
      [identify('u1', ANONYMOUS), identify('u2', ANONYMOUS)],
      /another user already/,
    ],
    [
      'an alias that points to another id',
      [
        link('$create_alias', { distinct_id: 'u1', alias: 'a' }),
        link('$create_alias', { distinct_id: 'u2', alias: 'a' }),
      ],
      /points to another id/,
    ],
  ])('nothing is linked by %s, and the plan says why', async (_what, events, title) => {
    const inbox = await start({ idMerge: 'original' });
    await post(inbox, '/import?strict=1', events);
    const { warnings } = (await read(inbox, '/api/plan')) as { warnings: { kind: string }[] };
    expect(warnings.filter(({ kind }) => kind === 'failed-link')).toMatchObject([
      { title: expect.stringMatching(title), count: 1 },
    ]);
  });

  it('a user has at most 500 ids', async () => {
    const aliases = Array.from({ length: 500 }, (_, index) =>
      link('$create_alias', { distinct_id: 'u1', alias: `alias-${index}` }),
    );
    const personOf = await project(...aliases);
    expect([await personOf('alias-498'), await personOf('alias-499')]).toEqual(['u1', 'alias-499']);
  });

  it('a deletion takes the links along', async () => {
    const inbox = await start({ idMerge: 'original' });
    await post(inbox, '/import?strict=1', [by(ANONYMOUS), identify('u1', ANONYMOUS), by('u1'), by('u2')]);
    await fetch(`${inbox.url}/api/app/data-deletions/v3.0/?token=t`, {
      method: 'POST',
      headers: { authorization: 'Bearer t' },
      body: JSON.stringify({ distinct_ids: ['u1'] }),
    });
    await vi.waitFor(() => expect(inbox.events().map(({ distinctId }) => distinctId)).toEqual(['u2']));
    expect(await read(inbox, `/api/person?id=${ANONYMOUS}`)).toMatchObject({ id: ANONYMOUS });
  });
});
