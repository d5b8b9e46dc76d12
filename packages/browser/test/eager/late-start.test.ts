import { afterEach, expect, it, vi } from 'vitest';
import { createLateStart } from '../../src/eager/late-start.ts';

afterEach(() => vi.restoreAllMocks());

const idle = (start: () => Promise<boolean>, isAllowed = () => true) =>
  createLateStart({ name: 'Test SDK', start, isAllowed });

it('fetches once, however often it is asked', () => {
  const start = vi.fn(async () => true);
  const late = idle(start);
  late.now();
  late.now();
  expect(start).toHaveBeenCalledOnce();
});

it('fetches by itself once the page has loaded and is idle', async () => {
  const start = vi.fn(async () => true);
  idle(start).whenIdle();
  expect(start).not.toHaveBeenCalled();
  await vi.waitFor(() => expect(start).toHaveBeenCalledOnce());
});

it('fetches at once when the page is being left', () => {
  const start = vi.fn(async () => true);
  idle(start).whenIdle();
  dispatchEvent(new Event('pagehide'));
  expect(start).toHaveBeenCalledOnce();
});

it('tries again after a failed fetch, and says so once', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const start = vi.fn<() => Promise<boolean>>().mockRejectedValueOnce(new Error('blocked')).mockResolvedValue(true);
  const late = idle(start);
  late.now();
  await vi.waitFor(() => expect(warn).toHaveBeenCalledOnce());
  await vi.waitFor(() => {
    late.now();
    expect(start).toHaveBeenCalledTimes(2);
  });
});

it('does not fetch what is not allowed', () => {
  const start = vi.fn(async () => true);
  idle(start, () => false).now();
  expect(start).not.toHaveBeenCalled();
});
