import { definePlan, drop, event, hash } from '@qr/plan';
import Type from 'typebox';
import { describe, expect, it } from 'vitest';
import { comparePlan } from '../../src/plan/plan.ts';
import type { StoredEvent } from '../../src/store/records.ts';
import { platformPlan } from '../platform-plan.ts';
import { goodEvent, post, read } from '../requests.ts';
import { inboxesForTests } from '../with-inbox.ts';

const text = (description: string) => Type.String({ description });
const plan = definePlan({
  destinations: ['mixpanel'],
  events: {
    letter_sent: event({
      description: 'A letter was sent.',
      owner: 'product',
      surfaces: ['server'],
      properties: {
        letter_id: text('Which letter.'),
        color: Type.Optional(text('Of the paper.')),
        email: hash(text('Of the addressee.')),
        name: Type.Optional(drop(text('Of the addressee.'))),
      },
    }),
    letter_lost: event({ description: 'It did not arrive.', owner: 'product', surfaces: ['server'], properties: {} }),
    letter_counted: event({
      description: 'For the statistics of the sender.',
      owner: 'platform',
      surfaces: ['server'],
      destinations: ['analytics'],
      properties: {},
    }),
  },
  profile: {},
});

let lastId = 0;
function stored(name: string, properties: Record<string, unknown> = {}, time = 1): StoredEvent {
  lastId += 1;
  const insertId = String(lastId);
  return {
    kind: 'event',
    id: lastId,
    receivedAt: time,
    endpoint: 'import',
    event: name,
    distinctId: 'u',
    time,
    insertId,
    properties,
  };
}

describe('the tracking plan beside what arrived', () => {
  it('marks the event that links ids', () => {
    const { planned } = comparePlan({ ...plan, identify: 'letter_lost' }, []);
    expect(planned.map(({ linksIds }) => linksIds)).toEqual([false, true, false]);
  });

  it('counts what was seen and knows what never was', () => {
    const { planned } = comparePlan(plan, [stored('letter_sent', {}, 5), stored('letter_sent', {}, 3)]);
    expect(planned).toMatchObject([
      { name: 'letter_sent', seen: 2, lastSeen: 5, isForMixpanel: true },
      { name: 'letter_lost', seen: 0, lastSeen: null, isForMixpanel: true },
      { name: 'letter_counted', seen: 0, isForMixpanel: false },
    ]);
  });

  it('counts missing properties under the names they arrive with, and none that never leaves', () => {
    const { planned } = comparePlan(plan, [
      stored('letter_sent', { letter_id: 1, email_hash: 'x' }),
      stored('letter_sent'),
    ]);
    expect(planned[0]?.properties).toEqual([
      { name: 'letter_id', isRequired: true, missing: 1 },
      { name: 'color', isRequired: false, missing: 2 },
      { name: 'email_hash', isRequired: true, missing: 1 },
    ]);
  });

  it('lists what the plan does not know, the most frequent first, but for the events of the vendor', () => {
    const names = ['letter_sent', 'typo', 'other', 'other', '$mp_web_page_view', 'toString'];
    const { unplanned } = comparePlan(
      plan,
      names.map((name) => stored(name)),
    );
    expect(unplanned.map(({ name }) => name)).toEqual(['other', 'typo', 'toString']);
  });
});

describe('GET /api/plan', () => {
  const start = inboxesForTests();

  it('compares with the plan that the inbox was given', async () => {
    const { planned, unplanned, hasPlan } = await read(await start({ plan: platformPlan }), '/api/plan');
    expect(planned).toContainEqual(expect.objectContaining({ name: 'qr_created', seen: 0 }));
    expect({ unplanned, hasPlan }).toEqual({ unplanned: [], hasPlan: true });
  });

  it('compares nothing and takes every event without a plan', async () => {
    const inbox = await start();
    await post(inbox, '/import?strict=1', [goodEvent({}, 'anything')]);
    expect(inbox.events()).toHaveLength(1);
    expect(await read(inbox, '/api/plan')).toMatchObject({ planned: [], unplanned: [], hasPlan: false });
  });
});
