import { describe, expect, it } from 'vitest';
import { envelope, postEnvelope, read } from '../requests.ts';
import { inboxesForTests } from '../with-inbox.ts';

const start = inboxesForTests();
const ID = 'd'.repeat(32);

async function detailOf(event: object): Promise<Record<string, unknown>> {
  const inbox = await start();
  await postEnvelope(inbox, envelope({ type: 'event' }, event, { event_id: ID }));
  return read(inbox, `/api/errors/${ID}`);
}

describe('GET /api/errors/:id', () => {
  it('says where an error happened', async () => {
    const detail = await detailOf({
      level: 'fatal',
      environment: 'staging',
      release: 'api@1',
      transaction: 'GET /codes/:id',
      tags: [
        ['service', 'qr-service'],
        ['queue', 'pictures'],
      ],
      request: { url: 'https://qr.test/codes/7' },
      contexts: {
        browser: { name: 'Firefox', version: '130.0' },
        os: { name: 'Debian', version: '12' },
        runtime: { name: 'node', version: 'v24.1.0' },
        device: { model: 'Pixel 8' },
      },
    });
    expect(detail['highlights']).toEqual({
      level: 'fatal',
      service: 'qr-service',
      environment: 'staging',
      release: 'api@1',
      transaction: 'GET /codes/:id',
      url: 'https://qr.test/codes/7',
      browser: 'Firefox 130.0',
      os: 'Debian 12',
      runtime: 'node v24.1.0',
      device: 'Pixel 8',
    });
    expect(detail['tags']).toEqual({ service: 'qr-service', queue: 'pictures' });
  });

  it.each([
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1',
      { browser: 'Safari 17.5', os: 'iOS 17.5' },
    ],
    [
      'Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0',
      { browser: 'Firefox 130.0', os: 'Linux' },
    ],
    ['', { browser: null, os: null }],
  ])('reads browser and system from the user agent "%s"', async (agent, expected) => {
    const { highlights } = await detailOf({ request: { headers: [['user-agent', agent]] } });
    expect(highlights).toMatchObject(expected);
  });

  it('puts breadcrumbs in order of time, in seconds or ISO 8601', async () => {
    const { breadcrumbs } = await detailOf({
      breadcrumbs: {
        values: [
          { message: 'third', timestamp: '2026-05-01T10:00:02Z' },
          { message: 'first', timestamp: 1_777_629_600 },
          { message: 'after the first' },
          { message: 'second', timestamp: 1_777_629_601.5 },
        ],
      },
    });
    const messages = (breadcrumbs as { message: string }[]).map(({ message }) => message);
    expect(messages).toEqual(['first', 'after the first', 'second', 'third']);
  });

  it('shows the exception that was thrown first, then its causes, each from the call that threw', async () => {
    const stack = (...names: string[]) => ({
      frames: names.map((name) => ({ function: name, in_app: name !== 'lib' })),
    });
    const { exceptions } = await detailOf({
      exception: {
        values: [
          { type: 'Cause', value: 'no space', stacktrace: stack('lib', 'write') },
          {
            type: 'Outer',
            value: 'not saved',
            mechanism: { handled: false },
            stacktrace: stack('main', 'lib', 'save'),
          },
        ],
      },
    });
    expect(exceptions).toMatchObject([
      {
        type: 'Outer',
        isHandled: false,
        frames: [
          { frame: { function: 'save' }, isOwn: true },
          { frame: { function: 'lib' }, isOwn: false },
          { frame: { function: 'main' }, isOwn: true },
        ],
      },
      { type: 'Cause', isHandled: null, frames: [{ frame: { function: 'write' } }, { frame: { function: 'lib' } }] },
    ]);
  });

  it.each([
    ['node_modules/fastify/lib/route.js', false],
    ['/usr/lib/python3.12/asyncio/runners.py', false],
    ['node:internal/process/task_queues', false],
    ['app/views.py', true],
  ])('takes a frame of %s without in_app for own: %s', async (filename, isOwn) => {
    const { exceptions } = await detailOf({
      exception: { values: [{ type: 'E', stacktrace: { frames: [{ filename, function: 'f' }] } }] },
    });
    expect(exceptions).toMatchObject([{ frames: [{ isOwn }] }]);
  });

  it('finds the stack of the thread that crashed', async () => {
    const thread = (name: string) => ({ stacktrace: { frames: [{ function: name }] } });
    const { exceptions } = await detailOf({
      exception: { values: [{ type: 'SIGSEGV' }] },
      threads: { values: [thread('waiting'), { crashed: true, ...thread('crashing') }] },
    });
    expect(exceptions).toMatchObject([{ type: 'SIGSEGV', frames: [{ frame: { function: 'crashing' } }] }]);
  });
});
