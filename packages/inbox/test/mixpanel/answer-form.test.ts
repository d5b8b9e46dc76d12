import { describe, expect, it } from 'vitest';
import { goodEvent, post } from '../requests.ts';
import { inboxesForTests } from '../with-inbox.ts';

const start = inboxesForTests();
const dataOf = (event: unknown): string => encodeURIComponent(JSON.stringify(event));

describe('img=1', () => {
  it.each([
    ['a good event', goodEvent(), 1],
    ['a bad one', { event: 'a' }, 0],
  ])('answers a transparent pixel to %s', async (_what, event, stored) => {
    const inbox = await start();
    const response = await fetch(`${inbox.url}/track?img=1&data=${dataOf(event)}`);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'image/gif']);
    const bytes = Buffer.from(await response.arrayBuffer());
    expect(bytes.toString('latin1', 0, 6)).toBe('GIF89a');
    // Width and height, little-endian, follow the signature.
    expect([bytes.readUInt16LE(6), bytes.readUInt16LE(8)]).toEqual([1, 1]);
    expect(inbox.events()).toHaveLength(stored);
  });
});

describe('callback=', () => {
  it.each<[string, string, unknown, string]>([
    ['a function', 'callback=done', goodEvent(), 'done(1);'],
    ['a function of a bad event', 'callback=done', { event: 'a' }, 'done(0);'],
    ['a function in an object', 'callback=my.$app_1.done', goodEvent(), 'my.$app_1.done(1);'],
    ['a function, in words', 'callback=done&verbose=1', goodEvent(), 'done({"status":1,"error":null});'],
  ])('calls %s', async (_what, query, event, script) => {
    const inbox = await start();
    const response = await fetch(`${inbox.url}/track?${query}&data=${dataOf(event)}`);
    expect(response.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(await response.text()).toBe(script);
  });

  it.each(['alert(1)//', '<script>', 'a b', '1a', 'a..b', ''])(
    'that is no name is not written out: %j',
    async (name) => {
      const inbox = await start();
      const response = await fetch(
        `${inbox.url}/track?callback=${encodeURIComponent(name)}&data=${dataOf(goodEvent())}`,
      );
      expect([response.headers.get('content-type'), await response.text()]).toEqual(['text/plain; charset=utf-8', '1']);
    },
  );

  it('is for /engage as well', async () => {
    const inbox = await start();
    const response = await post(inbox, '/engage?callback=f', [{ $token: 't', $distinct_id: 'u', $set: {} }]);
    expect(await response.text()).toBe('f(1);');
  });
});
