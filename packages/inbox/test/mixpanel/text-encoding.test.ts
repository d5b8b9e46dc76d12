import { describe, expect, it } from 'vitest';
import type { Inbox } from '../../src/index.ts';
import { goodEvent, json, post } from '../requests.ts';
import { inboxesForTests } from '../with-inbox.ts';

const start = inboxesForTests();
const FORM = 'application/x-www-form-urlencoded';
const INVALID = 'invalid data: the text is not valid UTF-8';

/** JSON of an event whose one letter is a byte of Latin-1. */
function latin1(): Buffer {
  return Buffer.from(JSON.stringify([goodEvent({ city: 'Plzeň'.replace('ň', '\u00f2') })]), 'latin1');
}

function send(inbox: Inbox, path: string, body: Buffer | string, type: string): Promise<Response> {
  return fetch(`${inbox.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': type, authorization: `Basic ${btoa('token:')}` },
    body: typeof body === 'string' ? body : new Uint8Array(body),
  });
}

const percentEncoded = (bytes: Buffer): string =>
  [...bytes].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');

describe('text that is not UTF-8 is refused', () => {
  it.each<[string, () => Buffer | string, string]>([
    ['in JSON', latin1, 'application/json'],
    ['in lines of JSON', latin1, 'application/x-ndjson'],
    ['in a form', () => Buffer.concat([Buffer.from('data='), latin1()]), FORM],
    ['in the escapes of a form', () => `data=${percentEncoded(latin1())}`, FORM],
    ['in the base64 of a form', () => `data=${encodeURIComponent(latin1().toString('base64'))}`, FORM],
  ])('%s', async (_where, write, type) => {
    const inbox = await start();
    for (const path of ['/track', '/engage', '/groups']) {
      const response = await send(inbox, `${path}?verbose=1`, write(), type);
      expect(await json(response)).toEqual({ status: 0, error: INVALID });
    }
    const imported = await send(inbox, '/import?verbose=1', write(), type);
    expect(await json(imported)).toMatchObject({ error: INVALID });
    expect([...inbox.events(), ...inbox.profiles()]).toEqual([]);
  });

  it.each([
    ['an escaped character', `data=${percentEncoded(Buffer.from(JSON.stringify([goodEvent({ city: 'Plzeň' })])))}`],
    ['a percent sign that is no escape', `data=${JSON.stringify([goodEvent({ city: 'Plzeň', discount: '100 %' })])}`],
  ])('but not %s', async (_what, body) => {
    const inbox = await start();
    expect(await (await send(inbox, '/track', body, FORM)).text()).toBe('1');
    expect(inbox.events()).toMatchObject([{ properties: { city: 'Plzeň' } }]);
  });
});

describe('/import of nothing', () => {
  it.each([
    ['[]', 'application/json'],
    ['[]', 'application/x-ndjson'],
  ])('(%s, %s) is a bad request', async (body, type) => {
    const inbox = await start();
    const response = await send(inbox, '/import?strict=1', body, type);
    expect(response.status).toBe(400);
    expect(await json(response)).toMatchObject({ code: 400, status: 'Bad Request' });
  });

  it('is one without strictness, too', async () => {
    const inbox = await start();
    expect((await post(inbox, '/import?strict=0', [])).status).toBe(400);
  });
});
