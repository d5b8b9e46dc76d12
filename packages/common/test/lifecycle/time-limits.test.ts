import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  captureException,
  closeObservability,
  flushObservability,
  initializeMixpanel,
  initializeSentry,
  observabilityStats,
  trackEvent,
} from '../../src/index.ts';
import { core } from '../../src/instance.ts';
import { setEnv } from '../start-observed.ts';

const { setTimeout: realTimeout } = globalThis;
const clock = performance.now.bind(performance);

beforeEach(() => {
  core.warnOnce.reset();
  vi.spyOn(console, 'warn').mockImplementation(() => {});
});

/** A receiver of both halves that answers when it is told to. */
async function startSlowReceiver() {
  const waiting: (() => void)[] = [];
  const server = createServer((request, response) => {
    request.resume();
    waiting.push(() => response.end('{"code":200,"num_records_imported":1,"status":"OK"}'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const dsn = `${url.replace('://', '://public@')}/1`;
  const restore = setEnv({ NODE_ENV: 'test', MIXPANEL_API_HOST: url, MIXPANEL_TOKEN: 'test-token', SENTRY_DSN: dsn });
  onTestFinished(async () => {
    vi.useRealTimers();
    for (const answer of waiting) answer();
    await closeObservability(300);
    server.closeAllConnections();
    server.close();
    restore();
  });
  initializeMixpanel();
  return {
    waiting,
    answer: () => {
      for (const answer of waiting.splice(0)) answer();
    },
  };
}

describe('a flush', () => {
  it.each([
    ['Infinity', Number.POSITIVE_INFINITY],
    ['more than a timer can wait', 1e15],
    ['a large number of a caller without types', '100000' as unknown as number],
  ])('waits for the receiver when its limit is %s', async (_what, limit) => {
    const receiver = await startSlowReceiver();
    trackEvent('logout', 'u1');
    let isOver = false;
    const flushed = flushObservability(limit).finally(() => {
      isOver = true;
    });
    await vi.waitFor(() => expect(receiver.waiting).toHaveLength(1));
    await new Promise((resolve) => realTimeout(resolve, 100));
    expect(isOver).toBe(false);
    receiver.answer();
    expect(await flushed).toMatchObject({ delivered: 1, pending: 0 });
  });

  it.each([
    ['0', 0],
    ['negative', -5],
    ['the text of a small number', '50' as unknown as number],
  ])('ends soon when its limit is %s', async (_what, limit) => {
    await startSlowReceiver();
    trackEvent('logout', 'u1');
    const start = clock();
    expect(await flushObservability(limit)).toMatchObject({ delivered: 0 });
    expect(clock() - start).toBeLessThan(1000);
  });

  it.each([Number.NaN, null, 'soon', {}, Symbol('soon')])('has the usual limit when it is given %s', async (limit) => {
    await startSlowReceiver();
    trackEvent('logout', 'u1');
    const start = clock();
    expect(await flushObservability(limit as unknown as number)).toMatchObject({ delivered: 0 });
    expect(clock() - start).toBeGreaterThan(1500);
    expect(clock() - start).toBeLessThan(3500);
  });
});

describe('with faked timers and a receiver that hangs', () => {
  it('flushing and closing end at their limits', async () => {
    const receiver = await startSlowReceiver();
    initializeSentry('test-service');
    trackEvent('logout', 'u1');
    captureException(new Error('failed'));
    await vi.waitFor(() => expect(receiver.waiting.length).toBeGreaterThan(0));
    vi.useFakeTimers();
    const start = clock();
    await flushObservability(200);
    expect(clock() - start).toBeLessThan(2000);
    await closeObservability(200);
    expect(clock() - start).toBeLessThan(4000);
    expect(observabilityStats()).toMatchObject({ analytics: 'off', errors: 'off' });
  });
});
