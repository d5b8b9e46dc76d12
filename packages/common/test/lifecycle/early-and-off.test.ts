import { expect, it, vi } from 'vitest';
import { flushObservability, initializeMixpanel, observabilityStats, trackEvent } from '../../src/index.ts';
import { setEnv } from '../start-observed.ts';

it('drops early calls without a word about them when analytics turn out to be off', async () => {
  const restore = setEnv({ NODE_ENV: 'test', MIXPANEL_TOKEN: undefined, ANALYTICS_URL: undefined });
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  trackEvent('logout', 'u1');
  expect(initializeMixpanel()).toBeNull();
  trackEvent('logout', 'u1');
  expect(observabilityStats()).toMatchObject({ analytics: 'off', lanes: {}, early: { kept: 0, dropped: 0 } });
  expect(warn.mock.calls).toEqual([[expect.stringContaining('MIXPANEL_TOKEN is not set: analytics are off.')]]);
  expect(await flushObservability()).toEqual({ delivered: 0, pending: 0, spooled: 0 });
  restore();
});
