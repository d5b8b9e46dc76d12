import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Inbox, startInbox } from '@qr/inbox';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { framesOf } from '../../../server/src/tunnel/left-errors.ts';
import { forgetUser, observabilityStats } from '../../src/index.ts';
import { tunnelPlugin } from '../../src/server.ts';
import { setEnv } from '../start-observed.ts';

let inbox: Inbox;
let app: FastifyInstance;
beforeEach(async () => {
  inbox = await startInbox({ environment: 'test' });
  app = await startTunnel();
});
afterEach(async () => {
  await app.close();
  await inbox.close();
});

async function startTunnel(): Promise<FastifyInstance> {
  const made = Fastify();
  await made.register(tunnelPlugin, {
    sentry: { dsn: inbox.dsn('2') },
    mixpanel: { token: 'token1', apiHost: inbox.url },
  });
  return made;
}

const HEADERS = {
  origin: 'http://localhost',
  host: 'localhost',
  'content-type': 'text/plain;charset=UTF-8',
  'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0',
};
const leave = (report: unknown, to = app) =>
  to.inject({
    method: 'POST',
    url: '/o/q',
    headers: HEADERS,
    payload: typeof report === 'string' ? report : JSON.stringify(report),
  });

const id = (digit: string) => digit.repeat(32);
const at = Date.now() - 5000;
const exception = {
  kind: 'exception',
  at,
  eventId: id('a'),
  name: 'TypeError',
  message: 'no code for ada@private.example',
  stack:
    'TypeError: x\n    at load (https://app.example/assets/index-1.js?v=2:10:20)\n    at https://app.example/assets/index-1.js:1:2',
  mechanism: 'onerror',
  context: { qr_id: 'q1', form: { password: 'hunter2' } },
};
const errors = (...calls: unknown[]) => ({
  dsn: inbox.dsn('2'),
  environment: 'test',
  release: 'r1',
  traceId: id('b'),
  url: 'https://app.example/reset?token=abc',
  isNamed: true,
  calls,
});

describe('errors that were left behind', () => {
  it('arrive as the SDK would have sent them: time, stack, route, user, breadcrumbs and trace', async () => {
    const response = await leave(
      errors(
        { kind: 'page', at, pattern: '/codes/:id', url: 'https://app.example/codes/1' },
        { kind: 'user', at, userId: 'u1' },
        { kind: 'breadcrumb', at, message: 'opened the form', data: { qr_type: 'url', title: 'private' } },
        exception,
      ),
    );
    expect(response.statusCode).toBe(202);
    await inbox.waitFor(() => inbox.errors().length === 1);
    const [error] = inbox.errors();
    expect(error).toMatchObject({
      eventId: id('a'),
      userId: 'u1',
      traceId: id('b'),
      service: 'web',
      type: 'TypeError',
    });
    expect(error?.time).toBeCloseTo(at, -1);
    expect(error?.event).toMatchObject({
      transaction: '/codes/:id',
      environment: 'test',
      release: 'r1',
      extra: { qr_id: 'q1' },
      request: { url: 'https://app.example/codes/1' },
      contexts: { browser: { name: 'Firefox', version: '128.0' }, os: { name: 'Linux' } },
      breadcrumbs: [{ message: 'opened the form', data: { qr_type: 'url' } }],
    });
    expect(inbox.issues()[0]?.latest.frames).toMatchObject([
      { function: '?', filename: 'https://app.example/assets/index-1.js', lineno: 1, colno: 2 },
      { function: 'load', filename: 'https://app.example/assets/index-1.js', lineno: 10, colno: 20 },
    ]);
    expect(JSON.stringify(error)).not.toMatch(/ada@|hunter2|private|token/);
  });

  it('are nobody’s without consent', async () => {
    await leave({ ...errors({ kind: 'user', at, userId: 'u1' }, exception), isNamed: false });
    await inbox.waitFor(() => inbox.errors().length === 1);
    expect(inbox.errors()[0]?.userId).toBeNull();
  });

  it('arrive once when they are handed over twice', async () => {
    await leave(errors(exception));
    await leave(errors(exception));
    await inbox.waitFor(() => inbox.errors().length > 0);
    expect(new Set(inbox.errors().map(({ eventId }) => eventId)).size).toBe(1);
  });
});

describe('events that were left behind', () => {
  const events = (...calls: unknown[]) => ({ token: 'token1', visitor: { $device_id: 'device-1', other: 1 }, calls });

  it('arrive under their device and user, with their own time, and only as planned', async () => {
    await leave(
      events(
        {
          kind: 'event',
          name: 'page_viewed',
          properties: { page: '/', referrer: 'https://x.example/a?q=1', extra: 1 },
          traceId: id('b'),
          at,
        },
        { kind: 'identify', at, userId: 'u1' },
        { kind: 'event', name: 'dashboard_viewed', properties: { total_qrs: 3 }, at },
        { kind: 'event', name: 'not_planned', properties: {}, at },
        {
          kind: 'profile',
          properties: { plan: 'free', $email: 'ada@private.example' },
          at,
        },
        { kind: 'reset', at },
      ),
    );
    await inbox.waitFor(() => inbox.events().length === 2 && inbox.profiles().length > 0);
    const [viewed] = inbox.events().filter(({ event }) => event === 'page_viewed');
    expect(viewed?.properties).toMatchObject({
      page: '/',
      referrer: 'https://x.example/a',
      $device_id: 'device-1',
      trace_id: id('b'),
      ip: '0',
    });
    expect(viewed?.properties).not.toHaveProperty('extra');
    const [dashboard] = inbox.events().filter(({ event }) => event === 'dashboard_viewed');
    expect(dashboard).toMatchObject({
      distinctId: 'u1',
      properties: { $user_id: 'u1', $device_id: 'device-1', total_qrs: 3 },
    });
    expect(JSON.stringify(inbox.profiles())).toContain('"plan":"free"');
    expect(JSON.stringify(inbox.profiles())).not.toContain('ada@');
    expect(inbox.rejected()).toEqual([]);
  });

  it('are refused from a visitor without an id of its own, and carry well-formed single values only', async () => {
    const viewed = { kind: 'event', name: 'dashboard_viewed', properties: { total_qrs: { deep: [[[[1]]]] } }, at };
    await leave({ token: 'token1', visitor: { $device_id: 'undefined' }, calls: [viewed] });
    await leave({
      token: 'token1',
      visitor: { $device_id: 'device-2', $user_id: 'null' },
      calls: [{ ...viewed, at: 5 }],
    });
    await inbox.waitFor(() => inbox.events().length > 0);
    expect(inbox.events().map(({ distinctId }) => distinctId)).toEqual(['$device:device-2']);
    expect(inbox.events()[0]?.properties).not.toHaveProperty('total_qrs');
    expect(inbox.rejected()).toEqual([]);
  });

  it('are on disk when the process ends while the vendor is away, for the next one to send', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'left-behind-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    onTestFinished(setEnv({ OBSERVABILITY_SPOOL_DIR: folder }));
    const tunnel = await startTunnel();
    inbox.faults.add({ endpoint: 'import', fault: { kind: 'status', status: 503 } });
    await leave(events({ kind: 'event', name: 'dashboard_viewed', properties: {}, at }), tunnel);
    await tunnel.close();
    expect(inbox.events()).toEqual([]);
    const names = readdirSync(join(folder, 'pages'), { recursive: true }).map(String);
    expect(names.filter((name) => /import-\d+-r1-b\d+\.v2\.json\.gz$/.test(name))).toHaveLength(1);
  });
});

describe('somebody who is to be forgotten', () => {
  /** A batch is sealed after a second, and sent again after some. */
  const PATIENT = { timeout: 10_000 };

  it('goes from what was left behind, while the rest of it is delivered, and the statistics tell', async () => {
    inbox.faults.add({ endpoint: 'import', fault: { kind: 'status', status: 503 } });
    const viewed = { kind: 'event', name: 'dashboard_viewed', properties: { total_qrs: 3 }, at };
    const leaveAs = (userId: string) =>
      leave({
        token: 'token1',
        visitor: { $device_id: `device-of-${userId}` },
        calls: [{ kind: 'identify', at, userId }, viewed],
      });
    await leaveAs('user-gone-1234');
    await leaveAs('user-stays-1234');
    await expect.poll(() => observabilityStats().pages.import?.pending, PATIENT).toBe(2);
    forgetUser('user-gone-1234');
    await expect.poll(() => observabilityStats().pages.import?.dropped.forgotten, PATIENT).toBe(1);
    await leaveAs('user-gone-1234');
    inbox.faults.clear();
    await inbox.waitFor(() => inbox.events().length > 0, 15_000);
    await expect.poll(() => observabilityStats().pages.import?.pending, PATIENT).toBe(0);
    expect(inbox.events().map(({ distinctId }) => distinctId)).toEqual(['user-stays-1234']);
  });
});

describe('a report of events', () => {
  it('loses only the calls that are malformed, unplanned or too many, and counts them', async () => {
    const viewed = { kind: 'event', name: 'dashboard_viewed', at, properties: { total_qrs: 3 } };
    const malformed = [{ kind: 'event', at: 'noon' }, null, 'x', { kind: 'identify', at, userId: {} }];
    const unplanned = { kind: 'event', name: 'qr_scanned', at, properties: {} };
    const calls = [...malformed, unplanned, viewed, ...Array(200).fill({ kind: 'reset', at })];
    expect((await leave({ token: 'token1', visitor: { $device_id: 4711 }, calls })).statusCode).toBe(202);
    await inbox.waitFor(() => inbox.events().length === 1);
    expect(inbox.events()[0]?.distinctId).toBe('$device:4711');
    expect(observabilityStats().pages.import?.dropped).toEqual({ refused: 5, over_limit: 6 });
  });
});

describe('what no page of ours has written', () => {
  it.each([
    ['no JSON', 'no json', 400],
    ['nothing known', '{}', 400],
    ['a call without its time', JSON.stringify({ token: 'token1', calls: [{ kind: 'event' }] }), 400],
    ['another token', JSON.stringify({ token: 'token2', visitor: { $device_id: 'd1' }, calls: [] }), 403],
  ])('is refused: %s', async (_, body, status) => {
    expect((await leave(body)).statusCode).toBe(status);
    expect(inbox.events()).toEqual([]);
  });

  it('is refused: another DSN', async () => {
    expect((await leave({ ...errors(exception), dsn: inbox.dsn('3') })).statusCode).toBe(403);
    expect(inbox.errors()).toEqual([]);
  });
});

describe('the stack of a browser', () => {
  it.each([
    ['Chromium', '    at Foo.bar (https://a.example/x.js:1:2)', 'Foo.bar'],
    ['Chromium, without a name', '    at https://a.example/x.js:1:2', '?'],
    ['Firefox', 'bar@https://a.example/x.js:1:2', 'bar'],
    ['Safari, without a name', '@https://a.example/x.js:1:2', '?'],
  ])('of %s is read', (_, line, name) => {
    expect(framesOf(`Error: x\n${line}`, undefined)).toEqual([
      { function: name, filename: 'https://a.example/x.js', lineno: 1, colno: 2, in_app: true },
    ]);
  });

  it('that is none gives the place where it was thrown, if that is known', () => {
    expect(framesOf(undefined, { filename: 'https://a.example/x.js?v', lineno: 3, colno: 4 })).toMatchObject([
      { filename: 'https://a.example/x.js', lineno: 3, colno: 4 },
    ]);
    expect(framesOf('Error: x', undefined)).toEqual([]);
  });
});
