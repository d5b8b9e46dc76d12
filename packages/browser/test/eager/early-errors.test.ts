import { afterEach, expect, it, vi } from 'vitest';
import { listenForErrors } from '../../src/eager/errors.ts';
import { sentryLane } from '../../src/eager/page-state.ts';
import { EARLY_SNIPPET, earlyErrors, earlyErrorsCspSource } from '../../src/vite/index.ts';

afterEach(() => {
  globalThis.__early = undefined;
});

const fail = (message: string) => dispatchEvent(new ErrorEvent('error', { error: new Error(message), message }));

it('hears of what the snippet has caught, with its time, and of what comes after', () => {
  // As the browser runs it.
  new Function(EARLY_SNIPPET)();
  vi.useFakeTimers({ now: 5000 });
  fail('first');
  vi.setSystemTime(9000);
  listenForErrors();
  vi.setSystemTime(9500);
  fail('second');
  dispatchEvent(Object.assign(new Event('unhandledrejection'), { reason: new Error('third') }));
  vi.useRealTimers();
  const heard = sentryLane.kept.map(({ call, at }) => [
    ...(call.kind === 'exception' ? [(call.error as Error).message, call.mechanism] : []),
    at,
  ]);
  expect(heard).toEqual([
    ['first', 'onerror', 5000],
    ['second', 'onerror', 9500],
    ['third', 'onunhandledrejection', 9500],
  ]);
});

it('is at most 0.3 KB, and allowed by its hash', () => {
  expect(EARLY_SNIPPET.length).toBeLessThanOrEqual(300);
  expect(earlyErrorsCspSource).toMatch(/^'sha256-[A-Za-z0-9+/]{43}='$/);
  const plugin = earlyErrors() as unknown as { transformIndexHtml(): unknown };
  expect(plugin.transformIndexHtml()).toEqual([{ tag: 'script', children: EARLY_SNIPPET, injectTo: 'head-prepend' }]);
});
