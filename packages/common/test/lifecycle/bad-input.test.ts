import { beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import { createMemoryTransport } from '../../../telemetry/src/testing.ts';
import {
  addBreadcrumb,
  captureException,
  captureMessage,
  closeObservability,
  flushObservability,
  forgetUser,
  hashEmail,
  identifyUser,
  initializeMixpanel,
  initializeSentry,
  observabilityStats,
  setUserContext,
  trackEvent,
  trackRevenue,
  visitorId,
  withJobContext,
} from '../../src/index.ts';
import { setEnv } from '../start-observed.ts';

const refuse = () => {
  throw new Error('do not read me');
};
const circle: Record<string, unknown> = {};
circle['self'] = circle;
const values: readonly unknown[] = [
  ...[undefined, null, '', ' ', 'text', 0, -1, Number.NaN, Number.POSITIVE_INFINITY, 10n, true, Symbol('s')],
  ...[[], {}, circle, refuse, new Date(Number.NaN), new Map(), Object.create(null), '\ud800', '\u0000'],
  new Proxy({}, { get: refuse, has: refuse, ownKeys: refuse, getPrototypeOf: refuse }),
  { toString: refuse, valueOf: refuse, toJSON: refuse },
];
// Every face of the library, each with one argument that no type allows.
const faces: Readonly<Record<string, (value: never) => unknown>> = {
  'initializeSentry, name': (value) => initializeSentry(value),
  'initializeSentry, dsn': (value) => initializeSentry('test-service', value),
  'initializeSentry, options': (value) => initializeSentry('test-service', undefined, value),
  'initializeSentry, scrub': (value) => initializeSentry('test-service', undefined, { scrub: value }),
  'initializeSentry, rates': (value) => initializeSentry('test-service', undefined, { routeSampleRates: value }),
  'initializeMixpanel, token': (value) => initializeMixpanel(value),
  'initializeMixpanel, options': (value) => initializeMixpanel('test-token', value),
  'initializeMixpanel, transport': (value) => initializeMixpanel('test-token', { transport: value }),
  'trackEvent, name': (value) => trackEvent(value, 'u1'),
  'trackEvent, user': (value) => trackEvent('logout', value),
  'trackEvent, properties': (value) => trackEvent('qr_scanned', 'u1', value),
  'identifyUser, user': (value) => identifyUser(value),
  'identifyUser, properties': (value) => identifyUser('u1', value),
  'identifyUser, options': (value) => identifyUser('u1', {}, value),
  'trackRevenue, amount': (value) => trackRevenue('u1', value),
  'trackRevenue, properties': (value) => trackRevenue('u1', 1, value),
  forgetUser: (value) => forgetUser(value),
  captureException: (value) => captureException(value),
  'captureException, context': (value) => captureException(new Error('x'), value),
  'captureMessage, message': (value) => captureMessage(value),
  'captureMessage, level': (value) => captureMessage('x', value),
  'captureMessage, context': (value) => captureMessage('x', 'info', value),
  setUserContext: (value) => withJobContext({ name: 'job' }, () => setUserContext(value)),
  'addBreadcrumb, message': (value) => addBreadcrumb(value),
  'addBreadcrumb, data': (value) => addBreadcrumb('x', value),
  withJobContext: (value) => expect(withJobContext(value, () => 7)).toBe(7),
  'withJobContext, name': (value) => expect(withJobContext({ name: value }, () => 7)).toBe(7),
  'withJobContext, trace': (value) => expect(withJobContext({ name: 'job', trace: value }, () => 7)).toBe(7),
  hashEmail: (value) => hashEmail(value),
  visitorId: (value) => visitorId(value),
};

beforeEach(() => {
  vi.spyOn(console, 'warn').mockImplementation(() => {});
  const restore = setEnv({
    NODE_ENV: 'test',
    ...{ SENTRY_DSN: 'http://public@127.0.0.1:9/1', MIXPANEL_TOKEN: undefined, ANALYTICS_URL: undefined },
    ...{ MIXPANEL_API_HOST: 'http://127.0.0.1:9', OBSERVABILITY_SPOOL_DIR: undefined },
  });
  onTestFinished(async () => {
    await closeObservability(50);
    restore();
  });
});

it.each(Object.entries(faces))(
  '%s takes anything: before the start, while on, and after the end',
  async (_name, face) => {
    const call = () => {
      for (const value of values) face(value as never);
    };
    expect(call).not.toThrow();
    await closeObservability(50);
    initializeSentry('test-service');
    const transport = createMemoryTransport();
    initializeMixpanel('test-token', { transport });
    expect(call).not.toThrow();
    trackEvent('logout', 'somebody-else');
    await flushObservability(5000);
    expect(transport.records('import')).toContainEqual(
      expect.objectContaining({ properties: expect.objectContaining({ distinct_id: 'somebody-else' }) }),
    );
    expect(observabilityStats()).toMatchObject({ analytics: 'on', errors: 'on' });
    await closeObservability(50);
    expect(call).not.toThrow();
  },
);

it('flushing and closing take anything', async () => {
  for (const value of values.filter((item) => item !== Number.POSITIVE_INFINITY)) {
    expect(await flushObservability(value as never)).toEqual({ delivered: 0, pending: 0, spooled: 0 });
    expect(await closeObservability(value as never)).toBeUndefined();
  }
});
