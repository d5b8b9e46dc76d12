import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Fastify, { type FastifyInstance, type LightMyRequestResponse } from 'fastify';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type InboxData, inboxPlugin, openInboxData } from '../../../src/index.ts';
import { goodEvent } from '../../requests.ts';

const BEARER = { authorization: 'Bearer oauth-token' };
const DELETIONS = '/api/app/data-deletions/v3.0';
const RETRIEVALS = '/api/app/data-retrievals/v3.0';
const DAY_MS = 24 * 60 * 60 * 1000;

let app: FastifyInstance;
let data: InboxData;
let now: number;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  now = Date.UTC(2026, 5, 1, 12);
});
afterEach(async () => {
  await app.close();
  await data.close();
  vi.useRealTimers();
});

/** An inbox whose clock stands still but for `later`. */
async function open(complianceDelayMs = 0, dataFile?: string): Promise<void> {
  app = Fastify();
  data = await openInboxData({ dataFile });
  await app.register(inboxPlugin, { data, now: () => now, complianceDelayMs });
}

/** Lets time pass: the API takes one request a second. */
function later(ms = 1000): void {
  now += ms;
  vi.advanceTimersByTime(ms);
}

async function call(
  method: 'GET' | 'POST' | 'DELETE',
  url: string,
  payload?: object,
  headers: Record<string, string> = BEARER,
): Promise<LightMyRequestResponse> {
  const response = await app.inject({ method, url, headers, ...(payload && { payload }) });
  later();
  return response;
}

async function create(path: string, body: object): Promise<string> {
  const response = await call('POST', `${path}/?token=t`, body);
  expect(response.statusCode).toBe(201);
  return response.json().results[0].tracking_id;
}

const stateOf = async (path: string, id: string): Promise<string> =>
  (await call('GET', `${path}/${id}?token=t`)).json().results.status;

async function track(...events: object[]): Promise<void> {
  await app.inject({ method: 'POST', url: '/track', payload: events });
}

async function engage(distinctId: string): Promise<void> {
  const update = { $token: 't', $distinct_id: distinctId, $set: { name: distinctId } };
  await app.inject({ method: 'POST', url: '/engage', payload: [update] });
}

const anEvent = (properties: Record<string, unknown>): object => goodEvent({ time: now, ...properties });
const people = (): string[] => data.events().map(({ distinctId }) => distinctId);

describe('a deletion', () => {
  it('is answered as documented', async () => {
    await open();
    const response = await call('POST', `${DELETIONS}/?token=t`, {
      distinct_ids: ['u1', 'u2'],
      compliance_type: 'CCPA',
    });
    expect(response.statusCode).toBe(201);
    expect(response.json()).toEqual({
      status: 'ok',
      results: [
        {
          status: 'PENDING',
          disclosure_type: 'DATA',
          date_requested: '2026-06-01T12:00:00.000000',
          tracking_id: expect.stringMatching(/^\d{19}$/),
          project_id: 1,
          compliance_type: 'ccpa',
          destination_url: null,
          requesting_user: 'inbox@localhost',
          distinct_id_count: 2,
        },
      ],
    });
  });

  it('takes events, profile, device and refused records of a person away, and nobody else', async () => {
    await open();
    await track(
      anEvent({ distinct_id: undefined, $device_id: 'd1' }),
      anEvent({ distinct_id: undefined, $device_id: 'd1', $user_id: 'u1' }),
      anEvent({ distinct_id: 'u2' }),
      anEvent({ distinct_id: 'u1', $insert_id: 'not valid' }),
    );
    await engage('u1');
    await engage('u2');
    expect([people(), data.rejected().length]).toEqual([['$device:d1', 'u1', 'u2'], 1]);

    const id = await create(DELETIONS, { distinct_ids: ['u1'] });
    expect(await stateOf(DELETIONS, id)).toBe('SUCCESS');
    expect(people()).toEqual(['u2']);
    expect(data.profiles().map(({ distinctId }) => distinctId)).toEqual(['u2']);
    expect(data.rejected()).toEqual([]);
    expect(data.store.of('profile').length).toBe(1);
    // The device is a stranger again.
    expect(data.store.identity.resolve('$device:d1')).toBe('$device:d1');
    await track(anEvent({ distinct_id: 'u1' }));
    expect(people()).toEqual(['u2', 'u1']);
  });

  it('leaves a group of the same name alone', async () => {
    await open();
    const update = { $token: 't', $group_key: 'company', $group_id: 'u1', $set: { plan: 'pro' } };
    await app.inject({ method: 'POST', url: '/groups', payload: [update] });
    await create(DELETIONS, { distinct_ids: ['u1'] });
    expect(data.profiles()).toMatchObject([{ groupKey: 'company', distinctId: 'u1' }]);
  });

  it('takes the person out of the data file too', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'inbox-compliance-'));
    const dataFile = join(folder, 'inbox.ndjson');
    await open(0, dataFile);
    await track(anEvent({ distinct_id: 'u1', secret: 'p4ssw0rd' }), anEvent({ distinct_id: 'u2' }));
    await create(DELETIONS, { distinct_ids: ['u1'] });
    await track(anEvent({ distinct_id: 'u3' }));
    await data.close();
    const file = await readFile(dataFile, 'utf8');
    expect(file).not.toMatch(/u1|p4ssw0rd/);
    data = await openInboxData({ dataFile });
    expect(people()).toEqual(['u2', 'u3']);
    await rm(folder, { recursive: true });
  });

  it('goes through its states, and can be cancelled until it has started', async () => {
    await open(30 * DAY_MS);
    await track(anEvent({ distinct_id: 'u1' }));
    const id = await create(DELETIONS, { distinct_ids: ['u1'] });
    expect(await stateOf(DELETIONS, id)).toBe('PENDING');
    later(15 * DAY_MS);
    expect(await stateOf(DELETIONS, id)).toBe('STAGING');
    expect((await call('DELETE', `${DELETIONS}/${id}?token=t`)).statusCode).toBe(204);
    expect(await stateOf(DELETIONS, id)).toBe('REVOKED');
    later(30 * DAY_MS);
    expect([people(), await stateOf(DELETIONS, id)]).toEqual([['u1'], 'REVOKED']);
  });

  it('cannot be cancelled once it is done: 405', async () => {
    await open();
    const id = await create(DELETIONS, { distinct_ids: ['u1'] });
    const response = await call('DELETE', `${DELETIONS}/${id}/?token=t`);
    expect(response.statusCode).toBe(405);
    expect(response.json()).toEqual({ status: 'error', error: 'the task has started already' });
  });
});

describe('a retrieval', () => {
  it('ends in a link to all that there is about a person', async () => {
    await open();
    await track(anEvent({ distinct_id: 'u1', note: 'mine' }), anEvent({ distinct_id: 'u2' }));
    await engage('u1');
    const id = await create(RETRIEVALS, { distinct_ids: ['u1'], compliance_type: 'GDPR' });
    const { results } = (await call('GET', `${RETRIEVALS}/${id}/?token=t`)).json();
    expect(results).toMatchObject({ status: 'SUCCESS', distinct_ids: ['u1'] });
    const fetched = await app.inject(new URL(results.result).pathname + new URL(results.result).search);
    expect(fetched.json()).toMatchObject({
      events: [{ distinctId: 'u1', properties: { note: 'mine' } }],
      profiles: [{ distinctId: 'u1', properties: { name: 'u1' } }],
    });
    expect(people()).toEqual(['u1', 'u2']);
  });

  it('has no link before it is done', async () => {
    await open(DAY_MS);
    const id = await create(RETRIEVALS, { distinct_ids: ['u1'] });
    expect((await call('GET', `${RETRIEVALS}/${id}?token=t`)).json().results).toMatchObject({
      status: 'PENDING',
      result: '',
    });
    expect((await app.inject(`${RETRIEVALS}/${id}/result?token=t`)).statusCode).toBe(404);
  });
});

describe('a task that nobody asked for is NOT_FOUND', () => {
  it.each([
    ['with an unknown id', DELETIONS, 't', '1'],
    ['asked for with the token of another project', DELETIONS, 'other', undefined],
    ['of the other kind', RETRIEVALS, 't', undefined],
  ])('%s', async (_what, path, token, unknownId) => {
    await open();
    const id = await create(DELETIONS, { distinct_ids: ['u1'] });
    const response = await call('GET', `${path}/${unknownId ?? id}?token=${token}`);
    expect(response.statusCode).toBe(200);
    expect(response.json()).toMatchObject({ status: 'ok', results: { status: 'NOT_FOUND' } });
  });

  it('and there is nothing to cancel: 404', async () => {
    await open();
    expect((await call('DELETE', `${DELETIONS}/1?token=t`)).statusCode).toBe(404);
  });
});

describe('a request is refused', () => {
  it.each<[string, number, string, Record<string, string>]>([
    ['without a bearer token', 401, '?token=t', {}],
    ['with a Basic password', 401, '?token=t', { authorization: 'Basic dDo=' }],
    ['with an empty bearer token', 401, '?token=t', { authorization: 'Bearer ' }],
    ['without the token of a project', 403, '', BEARER],
  ])('%s: %i', async (_what, status, query, headers) => {
    await open();
    for (const path of [DELETIONS, RETRIEVALS]) {
      const response = await call('POST', `${path}/${query}`, { distinct_ids: ['u1'] }, headers);
      expect(response.statusCode).toBe(status);
      expect(response.json()).toEqual({ status: 'error', error: expect.any(String) });
    }
  });

  it.each<[string, string, unknown]>([
    ['no JSON', DELETIONS, 'hello'],
    ['no object', DELETIONS, []],
    ['no ids', DELETIONS, {}],
    ['an empty list of ids', DELETIONS, { distinct_ids: [] }],
    ['an empty id', DELETIONS, { distinct_ids: [''] }],
    ['an id that is a number', DELETIONS, { distinct_ids: [1] }],
    ['2000 ids to delete', DELETIONS, { distinct_ids: Array(2000).fill('u') }],
    ['2001 ids to retrieve', RETRIEVALS, { distinct_ids: Array(2001).fill('u') }],
    ['an unknown law', DELETIONS, { distinct_ids: ['u'], compliance_type: 'HIPAA' }],
    ['an unknown disclosure', RETRIEVALS, { distinct_ids: ['u'], compliance_type: 'CCPA', disclosure_type: 'All' }],
  ])('with %s: 400', async (_what, path, body) => {
    await open();
    const payload = typeof body === 'string' ? body : JSON.stringify(body);
    const response = await app.inject({ method: 'POST', url: `${path}/?token=t`, headers: BEARER, payload });
    expect(response.statusCode).toBe(400);
    expect(response.json()).toEqual({ status: 'error', error: expect.any(String) });
  });

  it('but not with 1999 ids to delete, 2000 to retrieve, or each disclosure', async () => {
    await open();
    await create(DELETIONS, { distinct_ids: Array(1999).fill('u') });
    await create(RETRIEVALS, { distinct_ids: Array(2000).fill('u') });
    for (const word of ['Data', 'Categories', 'Sources']) {
      await create(RETRIEVALS, { distinct_ids: ['u'], compliance_type: 'CCPA', disclosure_type: word });
    }
  });

  it('when it is the second of one second for a project: 429', async () => {
    await open();
    const ask = async (token: string): Promise<number> =>
      (await app.inject({ method: 'GET', url: `${DELETIONS}/1?token=${token}`, headers: BEARER })).statusCode;
    expect([await ask('t'), await ask('t'), await ask('other')]).toEqual([200, 429, 200]);
    later(999);
    expect(await ask('t')).toBe(429);
    later(1);
    expect(await ask('t')).toBe(200);
  });

  it('when it is told to fail', async () => {
    await open();
    data.faults.add({ endpoint: 'data-deletions', requests: 1, fault: { kind: 'status', status: 403 } });
    const refused = await call('POST', `${DELETIONS}/?token=t`, { distinct_ids: ['u1'] });
    expect([refused.statusCode, refused.json()]).toEqual([403, { status: 'error', error: 'Forbidden' }]);
    await create(DELETIONS, { distinct_ids: ['u1'] });
  });
});
