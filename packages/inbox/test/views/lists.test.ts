import { describe, expect, it } from 'vitest';
import type { Inbox } from '../../src/index.ts';
import { container, envelope, errorEvent, goodEvent, post, postEnvelope, read } from '../requests.ts';
import { inboxesForTests } from '../with-inbox.ts';

const start = inboxesForTests();
const NOW = Date.now();
const CHROME =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36';

const titles = ({ issues }: Record<string, unknown>) => (issues as { value: string }[]).map(({ value }) => value);

describe('GET /api/issues', () => {
  async function withErrors(): Promise<Inbox> {
    const inbox = await start();
    const send = (value: string, name: string, agoMs: number, more: object) =>
      postEnvelope(
        inbox,
        envelope({ type: 'event' }, { ...errorEvent('E', value, name), timestamp: (NOW - agoMs) / 1000, ...more }),
      );
    const page = {
      environment: 'production',
      release: 'web@2',
      request: { url: 'https://qr.test/codes', headers: { 'User-Agent': CHROME } },
    };
    const service = {
      environment: 'staging',
      release: 'api@1',
      tags: [
        ['service', 'qr-service'],
        ['queue', 'pictures'],
      ],
    };
    // The oldest is the one that arrives last, and is met by most users.
    await send('page broke', 'render', 5000, { ...page, user: { id: 'ann' } });
    for (const ago of [9000, 3000]) await send('no space left', 'store', ago, service);
    for (const id of ['ann', 'bob'])
      await send('timed out', 'fetchCode', 60_000, { ...page, environment: 'staging', user: { id } });
    return inbox;
  }

  it.each([
    ['q=SPACE%20left', ['no space left']],
    ['q=queue:pictures', ['no space left']],
    ['q=fetchCode', ['timed out']],
    ['q=qr.test%20broke', ['page broke']],
    ['q=bob', ['timed out']],
    ['q=broke%20space', []],
    ['service=qr-service', ['no space left']],
    ['environment=staging', ['no space left', 'timed out']],
    ['release=web@2&environment=production', ['page broke']],
    ['browser=Chrome', ['page broke', 'timed out']],
    ['url=https://qr.test/codes&q=timed', ['timed out']],
    ['sort=last_seen', ['no space left', 'page broke', 'timed out']],
    ['sort=first_seen&order=asc', ['timed out', 'no space left', 'page broke']],
    ['sort=users', ['timed out', 'page broke', 'no space left']],
    ['sort=count&order=asc', ['page broke', 'timed out', 'no space left']],
  ])('answers %s', async (query, expected) => {
    expect(titles(await read(await withErrors(), `/api/issues?${query}`))).toEqual(expected);
  });

  it('searches all that is held, not only the page that is shown', async () => {
    const inbox = await start();
    for (let index = 0; index < 150; index += 1)
      await postEnvelope(inbox, envelope({ type: 'event' }, errorEvent('E', `no${index}!`, `f${index}`)));
    const { total, issues } = await read(inbox, '/api/issues');
    expect([total, (issues as unknown[]).length]).toEqual([150, 100]);
    expect(titles(await read(inbox, '/api/issues?q=no0!'))).toEqual(['no0!']);
  });

  it('counts only the errors that pass the filters, and names the values to filter by', async () => {
    const inbox = await withErrors();
    const { issues, facets } = await read(inbox, '/api/issues?service=qr-service');
    expect(issues).toMatchObject([{ count: 2, firstSeen: NOW - 9000, lastSeen: NOW - 3000 }]);
    expect(facets).toMatchObject({
      service: [{ value: 'qr-service', count: 1 }],
      environment: [
        { value: 'staging', count: 2 },
        { value: 'production', count: 1 },
      ],
      browser: [{ value: 'Chrome', count: 2 }],
    });
  });

  it.each(['sort=size', 'order=up', 'status=open', 'limit=0', `q=${'x'.repeat(501)}`])('refuses %s', async (query) => {
    const inbox = await start();
    expect((await fetch(`${inbox.url}/api/issues?${query}`)).status).toBe(400);
  });
});

describe('GET /api/people', () => {
  async function withPeople(): Promise<Inbox> {
    const inbox = await start();
    const at = (user: string, agoMs: number, properties: object = {}, name = 'page_viewed') =>
      goodEvent({ distinct_id: user, $user_id: user, time: NOW - agoMs, service: 'web', ...properties }, name);
    await post(inbox, '/import', [
      at('ann', 9000, { environment: 'production', $browser: 'Firefox' }),
      at('ann', 1000, { environment: 'staging' }),
      at('bob', 5000, { $device_id: 'phone-7', service: 'qr-service' }),
      at('cat', 8000, { release: 'web@3', $current_url: 'https://qr.test/codes' }),
      at('cat', 7000),
      at('cat', 6000),
    ]);
    await post(inbox, '/engage', [{ $token: 't', $distinct_id: 'bob', $set: { plan: 'Enterprise', seats: 12 } }]);
    const error = { ...errorEvent('E', 'e', 'f'), timestamp: (NOW - 4000) / 1000, user: { id: 'bob' } };
    await postEnvelope(inbox, envelope({ type: 'event' }, error));
    return inbox;
  }

  it.each([
    ['', ['ann', 'bob', 'cat']],
    ['q=enterprise', ['bob']],
    ['q=PHONE-7', ['bob']],
    ['q=ca', ['cat']],
    ['service=qr-service', ['bob']],
    ['environment=production', ['ann']],
    ['browser=Firefox', ['ann']],
    ['release=web@3', ['cat']],
    ['url=https://qr.test/codes', ['cat']],
    ['sort=events', ['cat', 'ann', 'bob']],
    ['sort=errors', ['bob', 'ann', 'cat']],
    ['sort=first_seen&order=asc', ['ann', 'cat', 'bob']],
  ])('answers "%s"', async (query, expected) => {
    const { people } = await read(await withPeople(), `/api/people?${query}`);
    const ids = (people as { id: string }[]).map(({ id }) => id);
    expect(ids).toEqual(expected);
  });

  it('finds a user beyond the first hundred', async () => {
    const inbox = await start();
    await post(
      inbox,
      '/import',
      Array.from({ length: 200 }, (_, index) =>
        goodEvent({ distinct_id: `user-${index}!`, $user_id: `user-${index}!`, time: NOW - index * 1000 }),
      ),
    );
    expect(await read(inbox, '/api/people?q=user-199!')).toMatchObject({ total: 1, people: [{ id: 'user-199!' }] });
  });
});

describe('GET /api/traces', () => {
  let made = 0;
  const span = (
    trace: string,
    name: string,
    op: string,
    more: {
      parent?: string;
      id?: string;
      ms?: number;
      ago?: number;
      segment?: boolean;
      attributes?: Record<string, string>;
    } = {},
  ) => {
    made += 1;
    const { parent, id = String(made).padStart(16, '0'), ms = 10, ago = 1000, segment = true, attributes = {} } = more;
    const all = { 'sentry.op': op, 'service.name': 'web', ...attributes };
    return {
      trace_id: trace.repeat(32),
      span_id: id,
      ...(parent !== undefined && { parent_span_id: parent }),
      name,
      is_segment: segment,
      start_timestamp: (NOW - ago) / 1000,
      end_timestamp: (NOW - ago + ms) / 1000,
      status: 'ok',
      attributes: Object.fromEntries(Object.entries(all).map(([key, value]) => [key, { type: 'string', value }])),
    };
  };
  const ROOT = 'aaaaaaaaaaaaaaaa';

  async function withTraces(): Promise<Inbox> {
    const inbox = await start();
    const spans = [
      // Clocks differ: the service and the script seem to begin before the page.
      span('1', 'localhost', 'resource.script', { parent: ROOT, segment: false, ago: 1010 }),
      span('1', 'GET /api/codes', 'http.server', {
        parent: ROOT,
        ago: 1005,
        attributes: { 'service.name': 'qr-service' },
      }),
      span('1', '/codes', 'pageload', {
        id: ROOT,
        ms: 400,
        attributes: { 'sentry.environment': 'staging', 'browser.name': 'Firefox' },
      }),
      span('2', 'GET /assets/index-B7.js', 'http.server', { ago: 500 }),
      span('3', 'GET /*', 'http.server', { ago: 400, attributes: { 'url.path': '/favicon.ico' } }),
      span('4', 'GET /*', 'http.server', { ago: 300, ms: 2, attributes: { 'url.path': '/login' } }),
      span('5', 'GET /qr/:id/image.svg', 'http.server', {
        ago: 200,
        ms: 30,
        attributes: { 'sentry.release': 'api@4', 'url.path': '/qr/7/image.svg' },
      }),
      // The page's server hides addresses: the route stands in their place.
      span('7', 'GET /*', 'http.server', { ago: 90, attributes: { 'http.route': '/*', 'url.path': '/*' } }),
      // Nothing of the root has arrived but its id, and the clock of the service is late.
      span('8', 'POST /api/auth/*', 'http.server', { parent: 'dddddddddddddddd', ago: 60 }),
      span('8', 'POST localhost', 'http.client', { parent: 'dddddddddddddddd', ago: 55 }),
      span('8', '/signup', 'pageload', { parent: 'dddddddddddddddd', ago: 50 }),
      // Its root was not sampled.
      span('6', 'SELECT 1', 'db', { parent: 'ffffffffffffffff', segment: false, ago: 110 }),
      span('6', 'GET /codes/:id', 'http.server', { parent: 'eeeeeeeeeeeeeeee', ago: 100 }),
    ];
    // A container holds the spans of one trace.
    for (const trace of new Set(spans.map(({ trace_id: id }) => id)))
      await postEnvelope(
        inbox,
        container(
          'span',
          spans.filter(({ trace_id: id }) => id === trace),
        ),
      );
    return inbox;
  }
  const namesOf = ({ traces }: Record<string, unknown>) => (traces as { name: string }[]).map(({ name }) => name);

  it('names a trace by its root, and leaves out those of assets alone', async () => {
    const inbox = await withTraces();
    const listed = await read(inbox, '/api/traces');
    expect(namesOf(listed)).toEqual(['/signup', 'GET /codes/:id', 'GET /qr/:id/image.svg', 'GET /*', '/codes']);
    expect(listed).toMatchObject({ total: 5, hidden: 3 });
    expect((listed['traces'] as object[]).at(-1)).toMatchObject({ op: 'pageload', spans: 3, assets: 1 });
    expect(await read(inbox, '/api/traces?assets=1')).toMatchObject({ total: 8, hidden: 0 });
  });

  it.each([
    ['q=SELECT', ['GET /codes/:id']],
    ['q=11111', ['/codes']],
    ['q=get%20codes', ['GET /codes/:id', '/codes']],
    ['service=qr-service', ['/codes']],
    ['environment=staging', ['/codes']],
    ['release=api@4', ['GET /qr/:id/image.svg']],
    ['browser=Firefox', ['/codes']],
    ['url=/login', ['GET /*']],
    ['sort=duration&limit=2', ['/codes', 'GET /qr/:id/image.svg']],
    ['sort=last_seen&order=asc&limit=1', ['/codes']],
    ['sort=spans&limit=2', ['/signup', '/codes']],
  ])('answers %s', async (query, expected) => {
    expect(namesOf(await read(await withTraces(), `/api/traces?${query}`))).toEqual(expected);
  });
});
