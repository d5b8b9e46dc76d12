import { describe, expect, it } from 'vitest';
import type { Inbox } from '../../../src/index.ts';
import { platformPlan } from '../../platform-plan.ts';
import { goodEvent, post, read } from '../../requests.ts';
import { inboxesForTests } from '../../with-inbox.ts';

const start = inboxesForTests();
const MINUTE = 60_000;
const NOW = Date.now();
const TODAY = new Date(NOW).toISOString().slice(0, 10);
const DAYS_AGO = new Date(NOW - 3 * 24 * 60 * MINUTE).toISOString().slice(0, 10);

/** Each user did these events, a minute apart. */
async function withStories(stories: Record<string, readonly string[]>, funnel?: readonly string[]): Promise<Inbox> {
  const inbox = await start({ plan: { ...platformPlan, ...(funnel && { funnel }) } });
  const events = Object.entries(stories).flatMap(([user, names]) =>
    names.map((name, index) =>
      goodEvent({ distinct_id: user, $user_id: user, time: NOW - (names.length - index) * MINUTE }, name),
    ),
  );
  await post(inbox, '/import', events);
  return inbox;
}

async function suggested(inbox: Inbox, more = ''): Promise<unknown> {
  const { steps } = await read(inbox, `/api/query/funnels/default?from_date=${DAYS_AGO}&to_date=${TODAY}${more}`);
  return steps;
}

async function completion(inbox: Inbox, steps: unknown): Promise<unknown> {
  const parameters = { steps: JSON.stringify(steps), from_date: DAYS_AGO, to_date: TODAY };
  const { overall } = await read(inbox, `/api/query/funnels?${new URLSearchParams(parameters)}`);
  return (overall as { analysis: { completion: number } }).analysis.completion;
}

describe('GET /api/query/funnels/default', () => {
  it('suggests the way from the first page to the first code when a user went it', async () => {
    const inbox = await withStories({
      ann: ['page_viewed', 'signup_completed', 'qr_created'],
      visitor: ['qr_scanned', 'microsite_viewed'],
      other: ['qr_scanned', 'microsite_viewed'],
    });
    expect(await suggested(inbox)).toEqual(['page_viewed', 'signup_completed', 'qr_created']);
  });

  it('suggests the part of that way that a user went', async () => {
    const inbox = await withStories({ ann: ['signup_completed', 'page_viewed', 'qr_created'] });
    expect(await suggested(inbox)).toEqual(['signup_completed', 'qr_created']);
  });

  it('suggests the steps that the plan names', async () => {
    const inbox = await withStories({ ann: ['page_viewed', 'signup_completed', 'qr_created'] }, [
      'page_viewed',
      'qr_created',
    ]);
    expect(await suggested(inbox)).toEqual(['page_viewed', 'qr_created']);
  });

  it('suggests what most users did in this order when nobody went the way of the plan', async () => {
    const inbox = await withStories({
      a: ['opened', 'searched', 'bought'],
      b: ['opened', 'searched', 'left'],
      c: ['searched', 'opened'],
      d: ['opened', 'read', 'searched', 'bought'],
    });
    const steps = await suggested(inbox);
    expect(steps).toEqual(['opened', 'searched', 'bought']);
    expect(await completion(inbox, steps)).toBe(2);
  });

  it('never suggests steps that nobody came through', async () => {
    const inbox = await withStories({ a: ['qr_created'], b: ['qr_scanned'], c: ['qr_scanned', 'qr_scanned'] });
    expect(await suggested(inbox)).toEqual([]);
  });

  it('suggests no step that is sent when a session begins or an id is linked', async () => {
    const inbox = await withStories({ a: ['$session_start', 'opened', '$identify', 'bought', '$session_end'] });
    expect(await suggested(inbox)).toEqual(['opened', 'bought']);
  });

  it('keeps to the conversion window', async () => {
    const inbox = await withStories({ a: ['opened', 'bought'] });
    expect(await suggested(inbox, '&length=30&length_unit=second')).toEqual([]);
  });

  it('refuses a parameter that it does not know', async () => {
    const inbox = await start();
    expect(
      (await fetch(`${inbox.url}/api/query/funnels/default?from_date=${TODAY}&to_date=${TODAY}&on=x`)).status,
    ).toBe(400);
  });
});
