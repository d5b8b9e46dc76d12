import { createServer } from 'node:net';
import { startInbox } from '@qr/inbox';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import {
  captureException,
  captureMessage,
  closeObservability,
  flushObservability,
  initializeSentry,
  observabilityStats,
} from '../../src/index.ts';
import { AppError, buildServer, createServiceClient } from '../../src/server.ts';
import { setEnv } from '../start-observed.ts';

const inbox = await startInbox();
setEnv({ NODE_ENV: 'test', SENTRY_DSN: inbox.dsn('1'), SENTRY_TRACES_SAMPLE_RATE: '0' });
initializeSentry('test-service');
afterAll(async () => {
  await closeObservability();
  await inbox.close();
});
beforeEach(() => inbox.clear());

/** An address at which nobody listens. */
const nowhere = await new Promise<string>((resolve) => {
  const server = createServer().listen(0, '127.0.0.1', () => {
    const { port } = server.address() as { port: number };
    server.close(() => resolve(`http://127.0.0.1:${port}`));
  });
});

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
const letters = (n: number) => n.toString(26).replace(/\d/g, (digit) => 'qrstuvwxyz'[Number(digit)] ?? '');
const ROUTES = Array.from({ length: 40 }, (_, n) => `/route-${letters(n)}`);

/** Fails on every method of every route; returns the fingerprints and the number of events. */
async function flood(fail: (route: string) => Promise<unknown>) {
  const before = new Set(observabilityStats().errorBudget.byFingerprint.map(({ fingerprint }) => fingerprint));
  const app = buildServer({ rateLimit: false, maxEventLoopDelayMs: 0 });
  for (const url of ROUTES) app.route({ method: [...METHODS], url, handler: async () => fail(url) });
  for (const url of ROUTES) for (const method of METHODS) await app.inject({ method, url });
  await flushObservability(20_000);
  const real = await realFailure();
  await app.close();
  const errors = inbox.errors().filter(({ eventId }) => eventId !== real);
  const fingerprints = new Set(errors.map(({ event }) => (event['tags'] as { fingerprint: string }).fingerprint));
  return { fingerprints: [...fingerprints].filter((one) => !before.has(one)), events: errors.length };
}

class RealError extends Error {}
let failures = 0;

/** A failure of its own kind, after the flood: its id is stored. */
async function realFailure(): Promise<string> {
  const app = buildServer();
  const name = `real-${letters(failures++)}`;
  app.get(`/${name}`, async () => {
    throw new RealError(`${name} is broken`);
  });
  const { errorId } = (await app.inject(`/${name}`)).json();
  await app.close();
  await flushObservability(20_000);
  expect(inbox.errors().map(({ eventId }) => eventId)).toContain(errorId);
  return errorId;
}

describe('a part of the infrastructure that is away', () => {
  const client = createServiceClient({
    name: 'qr-service',
    origin: nowhere,
    serviceToken: 't'.repeat(32),
    maxFailures: 3,
  });
  it.each<[string, () => Promise<unknown>]>([
    ['a connection that is refused', async () => fetch(nowhere)],
    [
      'a proxy that cannot reach a service',
      async () => {
        const cause = await fetch(nowhere).catch((error: unknown) => error);
        throw new AppError({ statusCode: 502, code: 'service_unreachable', message: 'away', cause });
      },
    ],
    [
      'a database that is restarted, through the query builder',
      async () => {
        const cause = Object.assign(new Error('terminating connection'), { code: '57P01' });
        throw new Error(`Failed query: select "x" from "y"`, { cause });
      },
    ],
    ['a pool without connections', async () => Promise.reject(new Error('timeout exceeded when trying to connect'))],
    ['a full disk', async () => Promise.reject(Object.assign(new Error('no space left'), { code: 'ENOSPC' }))],
  ])('is one kind on all routes: %s', async (_, fail) => {
    const { fingerprints, events } = await flood(fail);
    expect(fingerprints.length).toBeLessThanOrEqual(1);
    expect(events).toBeLessThan(25);
  });

  it('is one kind more while another service is left alone', async () => {
    const { fingerprints, events } = await flood(() => client.get('/x', [200]));
    expect(fingerprints.length).toBeLessThanOrEqual(2);
    expect(events).toBeLessThan(45);
  });
});

describe('a flood', () => {
  it('of one sentence on many routes is few kinds, and hides no other', async () => {
    const { fingerprints } = await flood(async () => {
      throw new Error('not available at the moment');
    });
    expect(fingerprints.length).toBeLessThanOrEqual(6);
  });

  it('of many sentences from one place is few kinds, and hides no other', async () => {
    const { events } = await flood(async (route) => {
      throw new Error(`cannot read ${route}`);
    });
    expect(events).toBeLessThan(100);
    for (let n = 0; n < 600; n++) captureException(new Error(`cannot parse ${letters(n * 7919)}`));
    await realFailure();
  });

  it('of many messages is few kinds, and hides no other', async () => {
    for (let n = 0; n < 600; n++) captureMessage(`somebody called ${letters(n * 7919)} was here`);
    await flushObservability(20_000);
    expect(inbox.errors().length).toBeLessThan(100);
    await realFailure();
  });
});
