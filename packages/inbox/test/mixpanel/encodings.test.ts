import { brotliCompressSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { goodEvent, json, read } from '../requests.ts';
import { inboxesForTests } from '../with-inbox.ts';

const start = inboxesForTests();
const AUTHORIZATION = `Basic ${btoa('token:')}`;
const FORM = 'application/x-www-form-urlencoded';

const RECORDS = {
  track: () => goodEvent({ note: 'Žluťoučký + kůň' }),
  import: () => goodEvent({ note: 'Žluťoučký + kůň' }),
  engage: () => ({ $token: 't', $distinct_id: 'u', $set: { note: 'Žluťoučký + kůň' } }),
  groups: () => ({ $token: 't', $group_key: 'k', $group_id: 'g', $set: { note: 'Žluťoučký + kůň' } }),
} as const;

type Endpoint = keyof typeof RECORDS;

const base64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64');

const ENCODINGS: [string, string | undefined, (record: object) => string][] = [
  ['a JSON array', 'application/json', (record) => JSON.stringify([record])],
  ['a JSON object', 'application/json', (record) => JSON.stringify(record)],
  ['a JSON array of no declared type', undefined, (record) => JSON.stringify([record])],
  ['ndjson', 'application/x-ndjson', (record) => `${JSON.stringify(record)}\n`],
  ['a form with JSON', FORM, (record) => `data=${encodeURIComponent(JSON.stringify([record]))}`],
  ['a form with escaped base64', FORM, (record) => `data=${encodeURIComponent(base64([record]))}`],
  ['a form with bare base64', FORM, (record) => `data=${base64(record)}`],
];

describe.each(Object.keys(RECORDS) as Endpoint[])('/%s takes', (endpoint) => {
  const zippings = endpoint === 'engage' ? [false] : [false, true];
  it.each(ENCODINGS.flatMap((encoding) => zippings.map((zipped) => [...encoding, zipped] as const)))(
    '%s',
    async (_what, contentType, encode, zipped) => {
      const inbox = await start();
      const text = encode(RECORDS[endpoint]());
      const headers = {
        authorization: AUTHORIZATION,
        ...(contentType && { 'content-type': contentType }),
        ...(zipped && { 'content-encoding': 'gzip' }),
      };
      const body = zipped ? Uint8Array.from(gzipSync(text)) : Uint8Array.from(Buffer.from(text));
      const response = await fetch(`${inbox.url}/${endpoint}`, { method: 'POST', headers, body });
      const isJsonImport = endpoint === 'import' && contentType !== FORM;
      const good = isJsonImport ? { code: 200, num_records_imported: 1, status: 'OK' } : 1;
      expect(JSON.parse(await response.text())).toEqual(good);
      const [stored] = [...inbox.events(), ...inbox.profiles()];
      expect(stored?.properties['note']).toBe('Žluťoučký + kůň');
    },
  );
});

describe('gzip', () => {
  const zipped = (records: unknown): Uint8Array<ArrayBuffer> => Uint8Array.from(gzipSync(JSON.stringify(records)));
  const postZipped = (url: string, records: unknown): Promise<Response> =>
    fetch(url, { method: 'POST', headers: { 'content-encoding': 'gzip' }, body: zipped(records) });

  it.each([
    ['', { error: 'gzip is not supported', status: 'error' }],
    ['?verbose=1', { error: 'gzip is not supported', status: 'error' }],
    ['?strict=1', { code: 400, error: 'gzip is not supported', status: 'Bad Request' }],
  ])('is refused by /engage%s, and the refusal is shown', async (query, body) => {
    const inbox = await start();
    const response = await postZipped(`${inbox.url}/engage${query}`, [RECORDS.engage()]);
    expect([response.status, await json(response)]).toEqual([400, body]);
    expect(inbox.profiles()).toEqual([]);
    expect(inbox.rejected()).toMatchObject([{ endpoint: 'engage', field: 'Content-Encoding' }]);
    const { warnings } = await read(inbox, '/api/plan');
    expect(warnings).toMatchObject([{ kind: 'gzip-engage', count: 1 }]);
  });

  it('is taken by /groups, with a warning beside the plan', async () => {
    const inbox = await start();
    const response = await postZipped(`${inbox.url}/groups`, [RECORDS.groups(), RECORDS.groups()]);
    expect([response.status, await response.text()]).toEqual([200, '1']);
    const { warnings } = await read(inbox, '/api/plan');
    expect(warnings).toMatchObject([{ kind: 'gzip-groups', count: 2 }]);
  });
});

describe('an encoding that the vendor does not document is refused', () => {
  it.each([
    ['import', 400],
    ['track', 400],
  ])('by /%s: %i', async (endpoint, status) => {
    const inbox = await start();
    const headers = { authorization: AUTHORIZATION, 'content-encoding': 'br' };
    const body = Uint8Array.from(brotliCompressSync(JSON.stringify([goodEvent()])));
    const response = await fetch(`${inbox.url}/${endpoint}`, { method: 'POST', headers, body });
    expect(response.status).toBe(status);
    expect(await json(response)).toMatchObject({ error: 'the Content-Encoding must be gzip or none' });
    expect(inbox.events()).toEqual([]);
  });
});
