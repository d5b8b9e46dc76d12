import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSentryApi, type SentryApi, type SentryApiOptions } from '../../src/sentry-api/sentry-api.ts';
import type { SentryDetector } from '../../src/sentry-api/shapes.ts';
import { type FakeSentry, type FakeSentryOptions, startFakeSentry } from './fake-sentry.ts';

const NOW = Date.UTC(2026, 10, 20, 12);
const TOKEN = 'sntryu_secret';

let fake: FakeSentry;
let waits: number[];
let notes: string[];

beforeEach(async () => {
  fake = await startFakeSentry();
  waits = [];
  notes = [];
});

afterEach(() => fake[Symbol.asyncDispose]());

async function restart(options: FakeSentryOptions): Promise<void> {
  await fake[Symbol.asyncDispose]();
  fake = await startFakeSentry(options);
}

function api(options: Partial<SentryApiOptions> = {}): SentryApi {
  return createSentryApi({
    url: fake.url,
    org: 'acme',
    token: TOKEN,
    fetch: globalThis.fetch,
    now: () => NOW,
    signal: new AbortController().signal,
    note: (line) => void notes.push(line),
    sleep: async (ms) => void waits.push(ms),
    ...options,
  });
}

const detectors = (options: Partial<SentryApiOptions> = {}) =>
  api(options).list<SentryDetector>('detectors/', { project: '1' });
const failing = (promise: Promise<unknown>) =>
  promise.then(
    () => expect.fail('It should have been refused.'),
    (error: Error & { exitCode?: number }) => {
      expect(error.exitCode).toBe(3);
      expect(error.message).not.toContain('secret');
      return error.message;
    },
  );
const never = () => expect.fail('There was no reason to look.');

describe('a list', () => {
  it('is read to its last page', async () => {
    await restart({ pageSize: 2 });
    for (let id = 100; id < 103; id++)
      fake.store.detectors.push({ id: String(id), name: `Monitor ${id}`, projectId: '1', type: 'metric_issue' });
    expect((await detectors()).map(({ id }) => id)).toEqual(['10', '11', '100', '101', '102']);
    expect(fake.requests).toHaveLength(3);
  });

  it('is followed by its cursor only, never to the address in an answer', async () => {
    // The fake's `Link` headers lead to a port where nobody listens.
    await restart({ pageSize: 1 });
    await expect(detectors()).resolves.toHaveLength(2);
  });

  it('that never ends is given up', async () => {
    const answers = () =>
      Promise.resolve(
        new Response('[]', { headers: { link: '<https://x/>; rel="next"; results="true"; cursor="0:1:0"' } }),
      );
    expect(await failing(detectors({ fetch: answers }))).toContain('has no end after 200 pages');
  });
});

describe('too many requests', () => {
  it('wait until the limit is lifted, and are sent again', async () => {
    const reset = String(NOW / 1000 + 7);
    fake.fail({ request: 'GET detectors/', answer: 429, headers: { 'x-sentry-rate-limit-reset': reset } });
    await expect(detectors()).resolves.toHaveLength(2);
    expect(waits).toEqual([7000]);
    expect(notes).toEqual(['Sentry asks to wait 7 s.']);
  });

  it('wait a second where the limit is one of requests at once, whose time has passed', async () => {
    const reset = String(NOW / 1000 - 1);
    fake.fail({ request: 'GET detectors/', answer: 429, headers: { 'x-sentry-rate-limit-reset': reset }, times: 2 });
    await expect(detectors()).resolves.toHaveLength(2);
    expect(waits).toEqual([1000, 1000]);
  });

  it('wait as long as Retry-After says', async () => {
    fake.fail({ request: 'GET detectors/', answer: 429, headers: { 'retry-after': '3' } });
    await detectors();
    expect(waits).toEqual([3000]);
  });

  it('are given up when the wait is long, with the time to come back', async () => {
    const reset = String(NOW / 1000 + 600);
    fake.fail({ request: 'GET detectors/', answer: 429, headers: { 'x-sentry-rate-limit-reset': reset } });
    expect(await failing(detectors())).toContain('run this again after 2026-11-20T12:10:00.000Z');
    expect(waits).toEqual([]);
  });

  it('are given up after four attempts', async () => {
    fake.fail({ request: 'GET detectors/', answer: 429, times: 9 });
    expect(await failing(detectors())).toContain('(429)');
    expect(fake.requests).toHaveLength(4);
  });

  it('may be a POST: a limit is applied before anything is stored', async () => {
    fake.fail({ request: 'POST dashboards/', answer: 429 });
    const body = { title: 'A', projects: [1], environment: [], period: '1d', widgets: [] };
    await api().create('dashboards/', body, async () => never());
    expect(fake.store.dashboards).toHaveLength(1);
  });
});

describe('a request that fails', () => {
  it('is repeated when it changes nothing', async () => {
    fake.fail({ request: 'GET detectors/', answer: 503 });
    fake.fail({ request: 'GET detectors/', answer: 'cut' });
    await expect(detectors()).resolves.toHaveLength(2);
    expect(waits).toEqual([1000, 2000]);
    expect(notes).toEqual(['Sentry answers 503; once more in 1 s.', 'Sentry gives no answer; once more in 2 s.']);
  });

  it('is given up after four attempts, with the reason', async () => {
    fake.fail({ request: 'GET detectors/', answer: 'cut', times: 4 });
    expect(await failing(detectors())).toContain(`Sentry at ${fake.url} gave no answer to GET detectors/.`);
    expect(waits).toEqual([1000, 2000, 4000]);
  });

  it('times out', async () => {
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const message = await failing(detectors({ url, timeoutMs: 5 }));
    expect(message).toContain('gave no answer to GET detectors/. The operation was aborted due to timeout.');
    silent.closeAllConnections();
    silent.close();
  });

  it('ends at once when the command is interrupted', async () => {
    const interruption = new AbortController();
    interruption.abort();
    await expect(detectors({ signal: interruption.signal })).rejects.toThrow('aborted');
    expect(waits).toEqual([]);
  });

  it('to delete is done when it is gone', async () => {
    await expect(api().remove('workflows/77/')).resolves.toBeUndefined();
  });
});

describe('a refusal', () => {
  const messageOf = async (answer: number, request = 'GET detectors/') => {
    fake.fail({ request, answer, times: 9 });
    return failing(detectors());
  };

  it('for want of a scope names it', async () => {
    await restart({ scopes: ['org:ci'] });
    expect(await failing(detectors())).toBe(
      'Sentry answered GET detectors/ with 403. This needs one of the scopes alerts:read, org:read. Make the token of an internal integration with org:read, alerts:read and alerts:write, or give it access to the project if it has them.',
    );
    const writing = failing(api().update('detectors/10/', {}));
    expect(await writing).toContain('This needs the scope alerts:write.');
  });

  it('of an organization token says what such a token can do', async () => {
    await restart({ token: 'sntrys_secret', scopes: ['org:ci'] });
    expect(await failing(detectors({ token: 'sntrys_secret' }))).toContain(
      'SENTRY_AUTH_TOKEN is an organization token (sntrys_), which only ever has org:ci.',
    );
  });

  it('of a token that nobody knows says so', async () => {
    expect(await failing(detectors({ token: 'sntryu_secret_of_another' }))).toContain(
      'SENTRY_AUTH_TOKEN must be one of the organization acme',
    );
  });

  it('of an address that Sentry has retired names its successor', async () => {
    const message = await failing(api().list('alert-rules/'));
    expect(message).toContain('Sentry answered GET alert-rules/ with 410. It has retired this address.');
    expect(message).toContain('alert-rules/ and combined-rules/ became detectors/');
  });

  it('of an organization or an address that is not there names both variables', async () => {
    expect(await failing(detectors({ org: 'other' }))).toContain('Check SENTRY_ORG (other) and SENTRY_URL');
  });

  it('of an object that has gone asks for another plan', async () => {
    const body = { name: 'A', type: 'metric_issue' };
    expect(await messageOf(404)).toContain('from version 26.7.0');
    fake.fail({ request: 'PUT detectors/', answer: 404 });
    expect(await failing(api().update('detectors/999/', body))).toContain('no longer there: run the plan again');
  });

  it('with a reason says it', async () => {
    expect(await failing(api().update('detectors/10/', { name: 'A' }))).toMatch(/with 400\. It says: body/);
  });

  it('that leads elsewhere is not followed', async () => {
    fake.fail({ request: 'GET detectors/', answer: 302, headers: { location: 'https://de.sentry.io/' } });
    expect(await failing(detectors())).toContain('It sends to https://de.sentry.io/');
    expect(fake.requests).toHaveLength(1);
  });

  it('by something that is not Sentry is told apart', async () => {
    const page = () => Promise.resolve(new Response('<html>'));
    expect(await failing(detectors({ fetch: page }))).toContain("is not Sentry's management API");
  });
});

describe('a POST that fails', () => {
  const body = { title: 'A', projects: [1], environment: [], period: '1d', widgets: [] };
  const post = (client = api()) =>
    client.create<{ id: string; title: string }>('dashboards/', body, async () =>
      (await client.list<{ id: string; title: string }>('dashboards/')).find(({ title }) => title === 'A'),
    );

  it.each([500, 502, 'cut'] as const)('with %s after it was stored is not sent again', async (answer) => {
    fake.fail({ request: 'POST dashboards/', answer, isStored: true });
    const stored = await post();
    expect(fake.store.dashboards.map(({ id }) => id)).toEqual([stored.id]);
    expect(fake.writes()).toEqual(['POST dashboards/']);
  });

  it.each([500, 'cut'] as const)('with %s before it was stored is sent once more', async (answer) => {
    fake.fail({ request: 'POST dashboards/', answer });
    await post();
    expect(fake.store.dashboards).toHaveLength(1);
    expect(fake.requests).toEqual(['POST dashboards/', 'GET dashboards/', 'POST dashboards/']);
  });

  it('twice is given up', async () => {
    fake.fail({ request: 'POST dashboards/', answer: 500, times: 9 });
    expect(await failing(post())).toContain('Sentry answered POST dashboards/ with 500. Try again later.');
    expect(fake.writes()).toHaveLength(2);
  });

  it('as there is one already takes that, if it is ours', async () => {
    const first = await post();
    expect(await post()).toMatchObject({ id: first.id });
  });

  it('as there is one that is not ours says so', async () => {
    await post();
    const refused = api().create('dashboards/', body, async () => undefined);
    expect(await failing(refused)).toContain('was made in the meantime: run the plan again. Dashboard with that title');
  });

  it('for a reason of its own is not sent again', async () => {
    expect(await failing(api().create('dashboards/', { ...body, period: 'long' }, async () => never()))).toContain(
      '400',
    );
    expect(fake.writes()).toHaveLength(1);
  });
});
