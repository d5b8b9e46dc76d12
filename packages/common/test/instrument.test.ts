import { expect, it, onTestFinished } from 'vitest';
import { closeObservability, observabilityStats } from '../src/index.ts';
import { core } from '../src/instance.ts';
import { setEnv } from './start-observed.ts';

it('turns error tracking on when it is loaded, under the name of the package', async () => {
  const restore = setEnv({ SENTRY_DSN: 'http://public@127.0.0.1:9/1', npm_package_name: 'my-service' });
  onTestFinished(async () => {
    await closeObservability(100);
    restore();
  });
  expect(observabilityStats().errors).toBe('off');
  await import('../src/instrument.ts');
  expect(observabilityStats().errors).toBe('on');
  expect(core.serviceName()).toBe('my-service');
});
