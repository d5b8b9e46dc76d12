import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { flushObservability } from '../../src/index.ts';
import { buildServer } from '../../src/server.ts';
import { observeFile } from '../start-observed.ts';

const token = 't'.repeat(32);
const inbox = await observeFile({ SENTRY_TRACES_SAMPLE_RATE: '0.01', SERVICE_TOKEN: token, TRUST_PROXY: 'true' });
const app = buildServer({ rateLimit: false, maxEventLoopDelayMs: 0 });
app.get('/x', async () => 'ok');
afterAll(() => app.close());
beforeEach(() => inbox.clear());

const REQUESTS = 200;

/** How many of 200 requests are traced, each with a trace of its own. */
async function traced(address: (n: number) => string, headers: Readonly<Record<string, string>>, decision = '-1') {
  for (let n = 0; n < REQUESTS; n++) {
    const trace = `${String(n).padStart(4, '0')}${'a'.repeat(28)}-${'b'.repeat(16)}${decision}`;
    await app.inject({ url: '/x', headers: { 'x-forwarded-for': address(n), 'sentry-trace': trace, ...headers } });
  }
  await flushObservability(20_000);
  return inbox.spans().length;
}

describe('a caller who asks for each request to be traced', () => {
  it('decides when it shows the service token', async () => {
    expect(await traced(() => '203.0.113.1', { authorization: `Bearer ${token}` })).toBe(REQUESTS);
  });

  it.each([
    ['without a token', () => '203.0.113.2', {}],
    ['with a wrong token', () => '203.0.113.3', { authorization: `Bearer ${'u'.repeat(32)}` }],
    ['from all addresses of a /64', (n: number) => `2001:db8:0:1::${n.toString(16)}`, {}],
    ['from an IPv4 address in two forms', (n: number) => (n % 2 ? '203.0.113.4' : '::ffff:203.0.113.4'), {}],
  ])('is followed within a budget %s', async (_, address, headers: Record<string, string>) => {
    const count = await traced(address, headers);
    expect(count).toBeGreaterThanOrEqual(20);
    expect(count).toBeLessThan(45);
  });

  it('has a budget of its own', async () => {
    expect(await traced((n) => `198.51.100.${n}`, {})).toBe(REQUESTS);
  });

  it('cannot draw the number that decides', async () => {
    const baggage = 'sentry-sample_rand=0.000001,sentry-sample_rate=1,sentry-trace_id=x';
    expect(await traced(() => '203.0.113.5', { baggage }, '')).toBeLessThan(20);
  });
});

it('follows a decision against a trace', async () => {
  expect(await traced(() => '203.0.113.6', {}, '-0')).toBe(0);
});
