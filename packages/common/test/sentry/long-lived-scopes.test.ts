import { setTimeout as pause } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { startInbox } from '@qr/inbox';
import { afterAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  addBreadcrumb,
  captureException,
  closeObservability,
  flushObservability,
  initializeSentry,
  observabilityStats,
  Sentry,
  setUserContext,
  withJobContext,
} from '../../src/index.ts';
import { buildServer } from '../../src/server.ts';
import { setEnv } from '../start-observed.ts';

// With a budget: what is not worth an event is counted.
const inbox = await startInbox();
setEnv({ NODE_ENV: 'test', SENTRY_DSN: inbox.dsn('1'), SENTRY_TRACES_SAMPLE_RATE: '0' });
initializeSentry('test-service');
afterAll(async () => {
  await closeObservability();
  await inbox.close();
});
beforeEach(() => inbox.clear());

const counted = () => {
  const { reported, suppressed } = observabilityStats().errorBudget;
  return reported + suppressed;
};

describe('a job that captures for hours', () => {
  const shared = new Error('the cause of all');
  it.each<[string, (n: number) => unknown]>([
    ['the same text', () => 'queue is full'],
    ['other texts', (n) => `queue ${n} is full`],
    ['errors with one shared cause', () => new Error('broken', { cause: shared })],
    ['errors of their own', (n) => new Error(`broken ${n}`)],
  ])('counts each of 60,000 captures of %s, in little memory', async (_, error) => {
    const before = counted();
    const capture = (times: number) => {
      for (let n = 0; n < times; n++) captureException(error(n));
    };
    let grown = 0;
    await withJobContext({ name: 'endless' }, async () => {
      capture(2000);
      const start = heapUsed();
      capture(58_000);
      await pause(1);
      grown = heapUsed() - start;
    });
    expect(counted() - before).toBe(60_000);
    expect(grown).toBeLessThan(4 * 1024 * 1024);
  });

  it('counts an error object that is made once whenever it comes up again', async () => {
    const made = new Error('made once');
    const before = counted();
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
    onTestFinished(() => void vi.useRealTimers());
    withJobContext({ name: 'endless' }, () => {
      // Caught, captured and thrown on: one failure.
      captureException(made);
      captureException(made);
      vi.setSystemTime(Date.now() + 61_000);
      captureException(made);
    });
    expect(counted() - before).toBe(2);
  });

  it('holds breadcrumbs of any size in bounded memory', () => {
    const start = heapUsed();
    withJobContext({ name: 'endless' }, () => {
      for (let n = 0; n < 400; n++) addBreadcrumb(`${n} ${'x'.repeat(200_000)}${Math.random()}`);
      expect(heapUsed() - start).toBeLessThan(16 * 1024 * 1024);
    });
  });
});

describe('what a request has started and left running', () => {
  it('has neither its user nor its breadcrumbs once it is answered', async () => {
    const app = buildServer();
    onTestFinished(() => app.close());
    let timer: NodeJS.Timeout | undefined;
    onTestFinished(() => clearInterval(timer));
    app.post('/start', async () => {
      setUserContext({ id: 'first-visitor' });
      addBreadcrumb('note of the first visitor');
      captureException(new Error('within the request'));
      timer = setInterval(() => captureException(new Error('tick')), 10);
      return 'ok';
    });
    await app.inject({ method: 'POST', url: '/start', payload: {} });
    await pause(60);
    clearInterval(timer);
    await flushObservability(20_000);
    const of = (value: string) => inbox.errors().filter((error) => error.value === value);
    expect(of('within the request')).toMatchObject([{ userId: 'first-visitor' }]);
    expect(of('within the request')[0]?.event).toMatchObject({
      breadcrumbs: [{ message: 'note of the first visitor' }],
    });
    expect(of('tick').length).toBeGreaterThan(1);
    for (const { userId, event } of of('tick')) {
      expect([userId, event['user'], event['breadcrumbs']]).toEqual([null, undefined, undefined]);
    }
  });

  it.each([
    [
      'a request',
      async (start: () => void) => {
        const app = buildServer();
        onTestFinished(() => app.close());
        app.get('/start', async () => start());
        await app.inject('/start');
      },
    ],
    ['a job', async (start: () => void) => withJobContext({ name: 'nightly' }, start)],
  ])('may use every call of the SDK when it was %s', async (_, run) => {
    let resolve = () => {};
    const promise = new Promise<void>((done) => {
      resolve = done;
    });
    await run(() => {
      setTimeout(() => {
        Sentry.addBreadcrumb({ message: 'later' });
        Sentry.setUser({ id: 'later' });
        Sentry.setTag('step', 'later');
        Sentry.setContext('order', { step: 'later' });
        Sentry.getIsolationScope().addAttachment({ filename: 'later', data: '' });
        captureException(new Error('later'));
        resolve();
      }, 20);
    });
    await promise;
    await flushObservability(20_000);
    expect(inbox.errors().map(({ value }) => value)).toEqual(['later']);
  });

  it('counts each of its captures, in little memory', async () => {
    const app = buildServer();
    onTestFinished(() => app.close());
    let tick = () => {};
    app.get('/start', async () => {
      const stop = new Promise<void>((resolve) => {
        tick = resolve;
      });
      void stop.then(() => {
        for (let n = 0; n < 30_000; n++) captureException(new Error(`tick ${n}`));
      });
      return 'ok';
    });
    await app.inject('/start');
    const [before, start] = [counted(), heapUsed()];
    tick();
    await pause(1);
    expect(counted() - before).toBe(30_000);
    expect(heapUsed() - start).toBeLessThan(4 * 1024 * 1024);
  });
});

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Bytes after a full collection. */
function heapUsed(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}
