import { expect, it, vi } from 'vitest';
import { createMemoryTransport } from '../../../telemetry/src/testing.ts';
import {
  closeObservability,
  flushObservability,
  forgetUser,
  initializeMixpanel,
  observabilityStats,
  trackEvent,
} from '../../src/index.ts';
import { setEnv } from '../start-observed.ts';

it('keeps a bounded number of calls before the start: the rest are counted and said once, erasures are not lost', async () => {
  const restore = setEnv({ NODE_ENV: 'test', MIXPANEL_TOKEN: undefined, ANALYTICS_URL: undefined });
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  for (let call = 0; call < 1500; call++) trackEvent('logout', `u${call}`);
  forgetUser('u0');
  expect(observabilityStats().early).toEqual({ kept: 1001, dropped: 500 });
  expect(warn.mock.calls).toEqual([[expect.stringContaining('came before initializeMixpanel')]]);

  const transport = createMemoryTransport();
  initializeMixpanel('test-token', { transport });
  await flushObservability();
  expect(transport.records('import')).toHaveLength(999);
  expect(observabilityStats().lanes.import?.dropped).toEqual({ not_initialized: 500, forgotten: 1 });
  await closeObservability();
  restore();
});
