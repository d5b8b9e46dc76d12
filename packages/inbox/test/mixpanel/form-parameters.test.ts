import { describe, expect, it } from 'vitest';
import type { Inbox } from '../../src/index.ts';
import { goodEvent } from '../requests.ts';
import { inboxesForTests } from '../with-inbox.ts';

const start = inboxesForTests();

function postForm(inbox: Inbox, path: string, data: unknown, fields: Record<string, string>): Promise<Response> {
  return fetch(`${inbox.url}${path}`, {
    method: 'POST',
    body: new URLSearchParams({ data: JSON.stringify(data), ...fields }),
  });
}

/** The Python and Ruby SDKs post their parameters this way. */
describe('a form may carry beside its data', () => {
  it('verbose', async () => {
    const inbox = await start();
    const good = await postForm(inbox, '/track', [goodEvent()], { verbose: '1' });
    expect(await good.json()).toEqual({ status: 1, error: null });
    const bad = await postForm(inbox, '/engage', [{ $token: 't' }], { verbose: '1' });
    expect(await bad.json()).toMatchObject({ status: 0, error: expect.stringContaining('$distinct_id') });
  });

  it('ip', async () => {
    const inbox = await start();
    await postForm(inbox, '/track', [goodEvent()], { ip: '0' });
    expect(inbox.events()).toMatchObject([{ placement: { by: 'nothing' } }]);
  });

  it('api_key, for /import', async () => {
    const inbox = await start();
    expect((await postForm(inbox, '/import', [goodEvent()], {})).status).toBe(401);
    const response = await postForm(inbox, '/import', [goodEvent()], { api_key: 'secret' });
    expect([response.status, await response.text()]).toEqual([200, '1']);
  });

  it('strict', async () => {
    const inbox = await start();
    const response = await postForm(inbox, '/engage', [{ $token: 't', $distinct_id: 'u', $set: {} }], { strict: '1' });
    expect(await response.json()).toEqual({ code: 200, num_good_events: 1, status: 'OK' });
    const imported = await postForm(inbox, '/import', [goodEvent({ $insert_id: 'a_b' })], {
      strict: '1',
      api_key: 'secret',
    });
    expect([imported.status, await imported.json()]).toMatchObject([400, { failed_records: [{ insert_id: 'a_b' }] }]);
  });

  it('nothing that the query contradicts', async () => {
    const inbox = await start();
    const response = await postForm(inbox, '/track?verbose=0', [goodEvent()], { verbose: '1' });
    expect(await response.text()).toBe('1');
  });
});
