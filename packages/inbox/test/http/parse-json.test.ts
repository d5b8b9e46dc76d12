import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJson } from '../../src/http/parse-json.ts';
import { container, envelope, postEnvelope, read } from '../requests.ts';
import { inboxesForTests } from '../with-inbox.ts';

const start = inboxesForTests();

const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);

describe('JSON', () => {
  it('is read as JSON.parse reads it, brackets and quotes in texts included', () => {
    const text = fc.stringMatching(/^[[\]{}"\\a]*$/);
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), fc.dictionary(text, text)), (value) => {
        const written = JSON.stringify(value);
        expect(parseJson(written)).toEqual(JSON.parse(written));
      }),
    );
  });

  it('of any text is read or refused as JSON.parse does', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[[\]{}"\\:,1]*$/)), (text) => {
        let expected: unknown;
        try {
          expected = JSON.parse(text);
        } catch {
          expect(() => parseJson(text)).toThrow(SyntaxError);
          return;
        }
        expect(parseJson(text)).toEqual(expected);
      }),
    );
  });

  it('is refused when it is nested more than 128 levels deep', () => {
    expect(parseJson(nested(128))).toBeInstanceOf(Array);
    expect(() => parseJson(nested(129))).toThrow('nested more than 128 levels deep');
    expect(parseJson(JSON.stringify(nested(1000)))).toBe(nested(1000));
    expect(parseJson(`[${'[],'.repeat(1000)}[]]`)).toHaveLength(1001);
  });

  it('is not taken for deep by brackets after a quote inside a text, nor for shallow by a backslash at its end', () => {
    for (const text of [`"${nested(1000)}`, `\\"${nested(1000)}`, `${nested(1000)}\\`]) {
      expect(parseJson(JSON.stringify(text))).toBe(text);
    }
    expect(() => parseJson(`["\\\\",${nested(129)}]`)).toThrow('nested more than');
  });
});

describe('what is nested without end does not reach the store', () => {
  it.each([
    ['/track', `{"event":"a","properties":{"deep":${nested(100_000)}}}`],
    ['/engage', `[{"$token":"t","$distinct_id":"u","$set":{"deep":${nested(100_000)}}}]`],
  ])('by way of %s', async (path, body) => {
    const inbox = await start();
    expect(await (await fetch(`${inbox.url}${path}`, { method: 'POST', body })).text()).toBe('0');
    expect(await read(inbox, '/api/timeline')).toEqual({ records: [] });
  });

  it.each([
    ['an event', envelope({ type: 'event' }, { extra: 1 }).replace('1', nested(100_000))],
    ['a log', container('log', [{ body: 1 }]).replace('"body":1', `"body":${nested(100_000)}`)],
    ['a header', `{"trace":${nested(100_000)}}`],
  ])('by way of %s of an envelope', async (_what, body) => {
    const inbox = await start();
    expect((await postEnvelope(inbox, body)).status).toBe(400);
    expect(await read(inbox, '/api/timeline')).toEqual({ records: [] });
  });

  it('nor does a profile that is nested more than three levels deep', async () => {
    const inbox = await start();
    const update = (deep: unknown): unknown => [{ $token: 't', $distinct_id: 'u', $set: { deep } }];
    const send = async (deep: unknown): Promise<string> =>
      (await fetch(`${inbox.url}/engage`, { method: 'POST', body: JSON.stringify(update(deep)) })).text();
    expect([await send([[[1]]]), await send([[[[1]]]])]).toEqual(['1', '0']);
  });
});
