import { expect, it } from 'vitest';
import { platformPlan } from '../platform-plan.ts';
import { envelope, errorEvent, goodEvent, post, postEnvelope } from '../requests.ts';
import { inboxesForTests } from '../with-inbox.ts';

const start = inboxesForTests();
const now = Math.floor(Date.now() / 1000);

it('tells how far those came who met an issue, and how far the others', async () => {
  const inbox = await start({ plan: platformPlan });
  let sent = 0;
  const did = (user: string, event: string, trace?: string) => {
    sent += 1;
    const own = {
      distinct_id: user,
      time: now - 1000 + sent,
      $insert_id: `i${sent}`,
      ...(trace && { trace_id: trace }),
    };
    return goodEvent(own, event);
  };
  await post(inbox, '/import', [
    // Met it, named by the error; one of two goes on.
    ...[did('a', 'page_viewed'), did('a', 'signup_completed'), did('b', 'page_viewed')],
    // Met it as a visitor whom the error does not name, but whose event is in its trace.
    did('visitor', 'page_viewed', 'c'.repeat(32)),
    // The others.
    ...[did('d', 'page_viewed'), did('d', 'signup_completed'), did('d', 'qr_created')],
    ...[did('e', 'page_viewed'), did('f', 'signup_completed')],
  ]);
  for (const user of ['a', 'b'])
    await postEnvelope(inbox, envelope({ type: 'event' }, { ...errorEvent('E', 'e', 'f'), user: { id: user } }));
  const contexts = { trace: { trace_id: 'c'.repeat(32), span_id: 'd'.repeat(16) } };
  await postEnvelope(inbox, envelope({ type: 'event' }, { ...errorEvent('E', 'e', 'f'), contexts }));

  const [issue] = inbox.issues();
  const read = async (path: string) => (await fetch(inbox.url + path)).json();
  const { affected, others } = await read(`/api/issues/${issue?.id}/cost`);
  const counts = (figures: { steps: { count: number }[] }) => figures.steps.map(({ count }) => count);
  expect(counts(affected)).toEqual([3, 1, 0]);
  // `f` never viewed a page, and so never began.
  expect(counts(others)).toEqual([2, 1, 1]);

  const asked = await read(
    `/api/issues/${issue?.id}/cost?steps=${encodeURIComponent('["signup_completed","qr_created"]')}`,
  );
  expect(counts(asked.others)).toEqual([2, 1]);
  expect(await read(`/api/issues/${issue?.id}/cost?steps=x`)).toMatchObject({
    message: expect.stringContaining('steps'),
  });
  expect((await fetch(`${inbox.url}/api/issues/nonsense/cost`)).status).toBe(404);
});
