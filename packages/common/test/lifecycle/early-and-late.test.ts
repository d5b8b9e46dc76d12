import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createMemoryTransport } from '../../../telemetry/src/testing.ts';
import {
  captureException,
  closeObservability,
  flushObservability,
  forgetUser,
  identifyUser,
  initializeMixpanel,
  initializeSentry,
  observabilityStats,
  trackEvent,
  trackRevenue,
} from '../../src/index.ts';
import { core } from '../../src/instance.ts';
import { setEnv } from '../start-observed.ts';

// Each file of tests is a process of its own, in which nothing was initialised yet: the order of these tests matters.

interface Sent {
  readonly event: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

const restore = setEnv({
  NODE_ENV: 'test',
  MIXPANEL_TOKEN: undefined,
  ANALYTICS_URL: undefined,
  SENTRY_DSN: undefined,
});
let warn = vi.spyOn(console, 'warn');
beforeEach(() => {
  core.warnOnce.reset();
  warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  warn.mockClear();
  onTestFinished(restore);
});
const dropped = (lane: 'import' | 'engage' | 'sentry') => observabilityStats().lanes[lane]?.dropped;

describe('calls before initializeMixpanel', () => {
  it('are sent once it ran, in their order, as they were and when they were', async () => {
    const properties: Record<string, unknown> = { qr_id: 'q1' };
    const before = Date.now();
    trackEvent('qr_scanned', 'u1', properties as never);
    properties['qr_id'] = 'changed later';
    trackRevenue('u1', 7);
    identifyUser('u1', { plan: 'pro' });
    trackEvent('logout', 'u2');
    forgetUser('u2');
    const after = Date.now();
    for (const hostile of [null, undefined, 7, refusing()]) trackEvent('qr_scanned', 'u1', hostile as never);
    expect(observabilityStats().early).toEqual({ kept: 9, dropped: 0 });
    await new Promise((resolve) => setTimeout(resolve, 20));

    const transport = createMemoryTransport();
    initializeMixpanel('test-token', { transport });
    expect(observabilityStats().early).toEqual({ kept: 0, dropped: 0 });
    await flushObservability();
    const events = transport.records('import') as Sent[];
    expect(events.slice(0, 2)).toMatchObject([
      { event: 'qr_scanned', properties: { qr_id: 'q1' } },
      { event: 'revenue', properties: { amount: 7 } },
    ]);
    for (const { properties: sent } of events.slice(0, 2)) {
      expect(sent['time']).toBeGreaterThanOrEqual(before);
      expect(sent['time']).toBeLessThanOrEqual(after);
    }
    expect(events.map(({ properties: sent }) => sent['distinct_id'])).not.toContain('u2');
    expect(transport.records('engage')).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ $distinct_id: 'u1', $set: { plan: 'pro' } }),
        expect.objectContaining({ $distinct_id: 'u2', $delete: null }),
      ]),
    );
    await closeObservability();
  });
});

describe('calls after closeObservability', () => {
  it('are counted as closed, and said once', async () => {
    const client = initializeMixpanel('test-token', { transport: createMemoryTransport() });
    await closeObservability();
    expect(dropped('import')).toEqual({});
    trackEvent('logout', 'u1');
    trackEvent('logout', 'u1');
    client?.track('logout', { distinct_id: 'u1' });
    identifyUser('u1', { plan: 'pro' });
    expect(observabilityStats()).toMatchObject({ analytics: 'off', early: { kept: 0 } });
    expect(dropped('import')).toEqual({ closed: 3 });
    expect(dropped('engage')).toEqual({ closed: 1 });
    expect(warn.mock.calls).toEqual([[expect.stringContaining('after closeObservability')]]);
  });

  it('are sent again by the next start', async () => {
    const transport = createMemoryTransport();
    initializeMixpanel('test-token', { transport });
    trackEvent('logout', 'u1');
    await flushObservability();
    expect(transport.records('import')).toHaveLength(1);
    expect(dropped('import')).toEqual({});
    await closeObservability();
  });

  it('are counted for errors as well', async () => {
    onTestFinished(setEnv({ SENTRY_DSN: 'http://public@127.0.0.1:9/1' }));
    initializeSentry('test-service');
    await closeObservability(100);
    expect(captureException(new Error('too late'))).toMatch(/^[0-9a-f]{32}$/);
    expect(dropped('sentry')).toEqual({ closed: 1 });
    expect(warn.mock.calls).toEqual([[expect.stringContaining('An error was reported after closeObservability')]]);
  });
});

describe('a second start', () => {
  it('with the same arguments, or none, says nothing', async () => {
    const transport = createMemoryTransport();
    const client = initializeMixpanel('test-token', { transport });
    expect(initializeMixpanel()).toBe(client);
    expect(initializeMixpanel(' test-token ', { transport })).toBe(client);
    expect(warn.mock.calls).toEqual([]);
    await closeObservability();
  });

  it('with other arguments is ignored, and said once', async () => {
    const client = initializeMixpanel('test-token', { transport: createMemoryTransport() });
    expect(initializeMixpanel('other-token')).toBe(client);
    expect(initializeMixpanel('other-token')).toBe(client);
    expect(initializeMixpanel(undefined, { transport: createMemoryTransport() })).toBe(client);
    expect(warn.mock.calls).toEqual([
      [expect.stringContaining('called again with other arguments, which are ignored')],
    ]);
    await closeObservability();
  });

  it('of error tracking with another DSN is ignored, and said once', async () => {
    onTestFinished(setEnv({ SENTRY_DSN: 'http://public@127.0.0.1:9/1' }));
    initializeSentry('test-service');
    initializeSentry('test-service');
    initializeSentry('test-service', 'http://public@127.0.0.1:9/1');
    expect(warn.mock.calls).toEqual([]);
    initializeSentry('test-service', 'http://public@127.0.0.1:9/2');
    expect(warn.mock.calls).toEqual([[expect.stringContaining('called again with another DSN, which is ignored')]]);
    await closeObservability(100);
  });
});

function refusing(): unknown {
  const refuse = () => {
    throw new Error('do not read me');
  };
  return new Proxy({}, { get: refuse, ownKeys: refuse, has: refuse, getOwnPropertyDescriptor: refuse });
}
