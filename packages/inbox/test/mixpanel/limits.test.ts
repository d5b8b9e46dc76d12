import { describe, expect, it } from 'vitest';
import { truncateStrings, truncateText } from '../../src/mixpanel/limits.ts';
import { goodEvent, json, post } from '../requests.ts';
import { inboxesForTests } from '../with-inbox.ts';

const start = inboxesForTests();

/** A list that is exactly so many bytes of JSON: two brackets, and strings of at most 200 characters between them. */
function listOf(bytes: number): string[] {
  const list: string[] = [];
  const lengthOf = (): number => JSON.stringify(list).length;
  while (bytes - lengthOf() > 250) list.push('x'.repeat(200));
  const room = bytes - lengthOf() - (list.length === 0 ? 2 : 3);
  return [...list, 'x'.repeat(room)];
}

describe('a list or object as one value', () => {
  it.each([
    ['of an event', 8 * 1024],
    ['of a profile', 256 * 1024],
  ])('%s weighs at most so many bytes: %i', async (where, limit) => {
    const inbox = await start();
    for (const [bytes, code] of [
      [limit, 200],
      [limit + 1, 400],
    ] as const) {
      const value = listOf(bytes);
      expect(JSON.stringify(value)).toHaveLength(bytes);
      const response =
        where === 'of an event'
          ? await post(inbox, '/import?strict=1', [goodEvent({ value })])
          : await post(inbox, '/engage?strict=1', [{ $token: 't', $distinct_id: 'u', $set: { value } }]);
      expect(response.status).toBe(code);
      if (code === 400) {
        const field = where === 'of an event' ? 'properties.value' : '$set.value';
        const message = `'${field}' is invalid: must be at most ${limit} bytes as a list or object`;
        expect(await json(response)).toMatchObject({ failed_records: [{ field, message }] });
      }
    }
  });

  it('is measured in bytes, not in characters', async () => {
    const inbox = await start();
    const value = { text: Array(40).fill('ž'.repeat(120)) };
    expect(JSON.stringify(value).length).toBeLessThan(8 * 1024);
    expect((await post(inbox, '/import', [goodEvent({ value })])).status).toBe(400);
  });
});

describe('a profile update', () => {
  it.each([
    [2000, 200],
    [2001, 400],
  ])('of %i properties is answered with %i', async (count, status) => {
    const inbox = await start();
    const $set = Object.fromEntries(Array.from({ length: count }, (_, index) => [`p${index}`, index]));
    const response = await post(inbox, '/engage?strict=1', [{ $token: 't', $distinct_id: 'u', $set }]);
    expect(response.status).toBe(status);
  });

  it.each([
    ['/engage', { $token: 't', $distinct_id: 'u', $set: { a: 1 } }],
    ['/groups', { $token: 't', $group_key: 'k', $group_id: 'u', $set: { a: 1 } }],
  ])('is one of at most 2000 of a request to %s', async (path, update) => {
    const inbox = await start();
    expect((await post(inbox, path, Array(2000).fill(update))).status).toBe(200);
    expect((await post(inbox, path, Array(2001).fill(update))).status).toBe(413);
  });

  it('of more than 1 MB is refused', async () => {
    const inbox = await start();
    const long = { $token: 't', $distinct_id: 'u', $set: { a: 'x'.repeat(1024 * 1024) } };
    expect(await (await post(inbox, '/engage', [long])).text()).toBe('0');
  });
});

describe('a long text is cut to 255 bytes', () => {
  it.each<[string, string, string]>([
    ['of ASCII', 'x'.repeat(300), 'x'.repeat(255)],
    ['of 255 bytes is left alone', 'x'.repeat(255), 'x'.repeat(255)],
    ['of two-byte characters', 'ž'.repeat(128), 'ž'.repeat(127)],
    ['of three-byte characters', '€'.repeat(86), '€'.repeat(85)],
    ['of four-byte characters, never through the middle of one', '😀'.repeat(64), '😀'.repeat(63)],
    ['whose end is the start of a character', `${'x'.repeat(254)}ž`, 'x'.repeat(254)],
  ])('%s', (_what, text, expected) => {
    expect(truncateText(text)).toBe(expected);
  });

  it('at any depth, in names and values, and nothing is copied when none is long', () => {
    const long = 'x'.repeat(256);
    const cut = 'x'.repeat(255);
    expect(truncateStrings({ [long]: [{ [long]: [long, 1, null] }] })).toEqual({ [cut]: [{ [cut]: [cut, 1, null] }] });
    const short = { a: [{ b: 'c' }], d: 1 };
    expect(truncateStrings(short)).toBe(short);
  });

  it('of events, their names, and profiles', async () => {
    const inbox = await start();
    const long = 'ž'.repeat(200);
    const cut = 'ž'.repeat(127);
    await post(inbox, '/import', [goodEvent({ note: long, list: [long] }, long)]);
    await post(inbox, '/engage', [{ $token: 't', $distinct_id: 'u', $set: { note: long }, $append: { list: long } }]);
    expect(inbox.events()).toMatchObject([{ event: cut, properties: { note: cut, list: [cut] } }]);
    expect(inbox.profiles()).toMatchObject([{ properties: { note: cut, list: [cut] } }]);
  });
});
