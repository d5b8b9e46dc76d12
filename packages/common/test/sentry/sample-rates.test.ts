import { describe, expect, it } from 'vitest';
import { noTraces, sampleRates } from '../../../telemetry/src/errors/tracing.ts';
import { readObservabilityConfig } from '../../../telemetry/src/settings/load-config.ts';
import { flushObservability } from '../../src/index.ts';
import { buildServer } from '../../src/server.ts';
import { observeFile } from '../start-observed.ts';

const inbox = await observeFile({
  SENTRY_ROUTE_SAMPLE_RATES: '/busy/:id=0.000000001,/never=0,/rare=1',
  SENTRY_TRACES_SAMPLE_RATE: '1',
});
const ofService = { '/scan/:qrId': 0.01 };
const rates = (env: Readonly<Record<string, string>>) => sampleRates(readObservabilityConfig(env).config, ofService);
const production = { NODE_ENV: 'production' };

describe('the share of traces', () => {
  it.each([
    ['/scan/:qrId', production, 0.01],
    ['/codes', production, 0.1],
    [undefined, production, 0.1],
    ['/scan/:qrId', { ...production, SENTRY_TRACES_SAMPLE_RATE: '0.5' }, 0.01],
    ['/codes', { ...production, SENTRY_TRACES_SAMPLE_RATE: '0.5' }, 0.5],
    ['/scan/:qrId', { ...production, SENTRY_ROUTE_SAMPLE_RATES: '/scan/:qrId=0.2,/codes=0' }, 0.2],
    ['/codes', { ...production, SENTRY_ROUTE_SAMPLE_RATES: '/scan/:qrId=0.2,/codes=0' }, 0],
    ['/scan/:qrId', {}, 1],
    ['/scan/:qrId', { SENTRY_ROUTE_SAMPLE_RATES: '/scan/:qrId=.5' }, 0.5],
  ])('of %s under %j is %d', (route, env, rate) => {
    expect(rates(env)(route)).toBe(rate);
  });

  it('is nothing at all with a general rate of 0', () => {
    const off = { SENTRY_TRACES_SAMPLE_RATE: '0', SENTRY_ROUTE_SAMPLE_RATES: '/scan/:qrId=1' };
    expect(rates(off)).toBe(noTraces);
  });

  it.each(['/scan/:qrId', '/scan/:qrId=2', 'scan=0.1', '/a=0.1;/b=0.2', '/a=0.1,'])(
    'is not read from "%s"',
    (value) => {
      const { config, problems } = readObservabilityConfig({ SENTRY_ROUTE_SAMPLE_RATES: value });
      expect(config.SENTRY_ROUTE_SAMPLE_RATES).toBeUndefined();
      expect(problems.get('SENTRY_ROUTE_SAMPLE_RATES')).toContain('such as /scan/:qrId=0.01');
    },
  );
});

it('a route has the traces of its own rate, and continues one that came in unless it is to have none', async () => {
  const app = buildServer();
  for (const path of ['/busy/:id', '/never', '/rare', '/usual']) app.get(path, async () => 'ok');
  const headers = { 'sentry-trace': `${'a'.repeat(32)}-${'b'.repeat(16)}-1` };
  for (const url of ['/busy/1', '/rare', '/usual']) await app.inject(url);
  for (const url of ['/busy/2', '/never']) await app.inject({ url, headers });
  await app.close();
  await flushObservability();
  expect(inbox.spans().map(({ name, traceId }) => [name, traceId === 'a'.repeat(32)])).toEqual([
    ['GET /rare', false],
    ['GET /usual', false],
    ['GET /busy/:id', true],
  ]);
});
