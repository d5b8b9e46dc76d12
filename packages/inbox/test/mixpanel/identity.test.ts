import { describe, expect, it } from 'vitest';
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
    'is not changed by %s, an event of the other system',
    async (event) => {
      const inbox = await start();
      const merge = {
        distinct_id: 'U1',
        $identified_id: 'U1',
        $anon_id: 'D1',
        alias: 'D1',
        $distinct_ids: ['U1', 'D1'],
      };
      await post(inbox, '/track', [goodEvent({ distinct_id: undefined, $device_id: 'D1' }), goodEvent(merge, event)]);
      expect(await read(inbox, '/api/events?distinct_id=U1')).toMatchObject({ total: 1 });
    },
  );

  it('does not move what was set on the profile of a device', async () => {
    const inbox = await start();
    await post(inbox, '/engage', [{ $token: 't', $distinct_id: '$device:D1', $set: { plan: 'free' } }]);
    await post(inbox, '/track', [goodEvent({ distinct_id: undefined, $device_id: 'D1', $user_id: 'U1' })]);
    expect(inbox.profiles().map(({ distinctId }) => distinctId)).toEqual(['$device:D1']);
  });
});
