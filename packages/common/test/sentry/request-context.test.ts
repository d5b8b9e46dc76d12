import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import {
  addBreadcrumb,
  captureException,
  flushObservability,
  openRequestContext,
  Sentry,
  setUserContext,
  trackEvent,
  withRequestContext,
} from '../../src/index.ts';
import { AppError } from '../../src/server.ts';
import { observeFile } from '../start-observed.ts';

const inbox = await observeFile({ SENTRY_TRACES_SAMPLE_RATE: '1' });
beforeEach(() => inbox.clear());

const traceId = '1'.repeat(32);
const headers = { 'sentry-trace': `${traceId}-${'b'.repeat(16)}-0` };
const request = { method: 'GET', url: '/users/42?token=planted-text', route: '/users/:id', headers };

async function errors() {
  await flushObservability();
  return inbox.errors();
}

describe('withRequestContext', () => {
  it('returns the result, and reports nothing when the function succeeds', async () => {
    expect(withRequestContext(request, () => 7)).toBe(7);
    expect(await withRequestContext(request, async () => 8)).toBe(8);
    expect(await errors()).toEqual([]);
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('broken');
      },
    ],
    ['rejects', async () => Promise.reject(new Error('broken'))],
  ])('reports the error once and throws it on when the function %s', async (_, fail) => {
    let errorId = '';
    const work = async () =>
      withRequestContext(request, (context) => {
        setUserContext({ id: 'u1' });
        addBreadcrumb('before');
        trackEvent('qr_created', 'u1', { qr_id: 'code-1' });
        errorId = context.errorId();
        return fail();
      });
    await expect(work()).rejects.toThrow('broken');
    const [error, ...more] = await errors();
    expect(more).toEqual([]);
    expect(error).toMatchObject({ eventId: errorId, value: 'broken', userId: 'u1', traceId });
    expect(error?.event).toMatchObject({
      transaction: 'GET /users/:id',
      request: { method: 'GET', url: '/users/42' },
      breadcrumbs: [{ message: 'before' }, { category: 'product_event', message: 'qr_created' }],
    });
    expect(JSON.stringify(error)).not.toContain('planted-text');
  });

  it('does not report an error again that was captured inside', async () => {
    const work = async () =>
      withRequestContext(request, async () => {
        const error = new Error('captured');
        captureException(error);
        throw error;
      });
    await expect(work()).rejects.toThrow('captured');
    expect(await errors()).toHaveLength(1);
  });

  it('does not report an AppError below 500', async () => {
    const refuse = () => {
      throw new AppError({ statusCode: 404, code: 'no_such_code', message: 'No such code.' });
    };
    expect(() => withRequestContext(request, refuse)).toThrow('No such code.');
    expect(await errors()).toEqual([]);
  });

  it('keeps concurrent requests apart, and nothing outlives them', async () => {
    await Promise.allSettled(
      ['u1', 'u2'].map((id) =>
        withRequestContext({ method: 'QUEUE', url: 'resize', route: 'resize' }, async () => {
          setUserContext({ id });
          await wait(1);
          throw new Error(`of ${id}`);
        }),
      ),
    );
    captureException(new Error('outside'));
    const seen = (await errors()).map(({ value, userId, event }) => [value, userId, event['transaction']]);
    expect(seen.sort()).toEqual([
      ['of u1', 'u1', 'QUEUE resize'],
      ['of u2', 'u2', 'QUEUE resize'],
      ['outside', null, undefined],
    ]);
    expect(Sentry.getIsolationScope().getUser()?.id).toBeUndefined();
  });

  it('records a span with the route, the kind and the status', async () => {
    await withRequestContext(
      { method: 'QUEUE', url: 'resize', route: 'resize', op: 'queue.process' },
      async () => 'ok',
    );
    await flushObservability();
    const [span] = inbox.spans();
    expect(span).toMatchObject({ name: 'QUEUE resize' });
    expect(JSON.stringify(span)).toContain('queue.process');
  });
});

describe('openRequestContext', () => {
  /** A server without a framework, whose middleware returns before the request ends. */
  async function serve(answer: (context: ReturnType<typeof openRequestContext>) => number): Promise<string> {
    const server: Server = createServer((incoming, response) => {
      const { method = 'GET', url = '/' } = incoming;
      const context = openRequestContext({ method, url, headers: incoming.headers });
      response.on('close', () => context.end(response.statusCode));
      context.run(() => setImmediate(() => response.writeHead(answer(context)).end(context.errorId())));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  it('names the route that was matched later in an error of a scope that was made before', async () => {
    const context = openRequestContext({ method: 'GET', url: '/books/42', headers });
    context.run(() =>
      Sentry.withScope(() => {
        context.setRoute('/books/:id');
        context.fail(new Error('broken'));
        context.end(500);
      }),
    );
    expect(await errors()).toMatchObject([{ event: { transaction: 'GET /books/:id' } }]);
  });

  it('reports the error of a 5xx under the id of the answer, with the route that was matched later', async () => {
    const origin = await serve((context) => {
      context.setRoute('/books/:id');
      setUserContext({ id: 'u1' });
      context.fail(new Error('broken'));
      return 500;
    });
    const answer = await fetch(`${origin}/books/42?q=abc`, { headers });
    const errorId = await answer.text();
    await expect.poll(errors).toMatchObject([{ eventId: errorId, value: 'broken', userId: 'u1', traceId }]);
    expect(inbox.errors()[0]?.event).toMatchObject({ transaction: 'GET /books/:id', request: { url: '/books/42' } });
  });

  it('reports a 5xx without an error, and no 4xx', async () => {
    const origin = await serve(() => 503);
    await fetch(`${origin}/secret-path`);
    await expect.poll(errors).toMatchObject([{ value: 'GET (no route) answered 503 without an error' }]);
    expect(JSON.stringify(inbox.errors())).not.toContain('secret-path');
    inbox.clear();
    const refusing = await serve((context) => {
      context.fail(new Error('not found'));
      return 404;
    });
    await fetch(refusing);
    expect(await errors()).toEqual([]);
  });

  it('ignores health routes', async () => {
    const origin = await serve(() => 503);
    await fetch(`${origin}/health/ready`);
    expect(await errors()).toEqual([]);
  });
});
