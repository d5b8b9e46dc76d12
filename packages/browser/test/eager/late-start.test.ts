import { afterEach, expect, it, vi } from 'vitest';
import { createLateStart } from '../../src/eager/late-start.ts';

afterEach(() => vi.restoreAllMocks());

const idle = (start: () => Promise<boolean>, isAllowed = () => true, handOver = () => undefined) =>
  createLateStart({ name: 'Test SDK', start, isAllowed, handOver });

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

it('hands over what waits when the page is being left: an SDK would come too late', () => {
  const start = vi.fn(async () => true);
  const handOver = vi.fn(() => undefined);
  idle(start, () => true, handOver).whenIdle();
  dispatchEvent(new Event('pagehide'));
  expect(handOver).toHaveBeenCalledOnce();
  expect(start).not.toHaveBeenCalled();
});

it('tries again by itself after a failed fetch, each time after a longer wait', async () => {
  vi.useFakeTimers();
  vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const start = vi.fn<() => Promise<boolean>>().mockRejectedValue(new Error('blocked'));
  createLateStart({ name: 'Another SDK', start, isAllowed: () => true, handOver: () => undefined }).now();
  const calls: number[] = [];
  for (const wait of [5000, 5000, 5000, 20_000]) {
    await vi.advanceTimersByTimeAsync(wait);
    calls.push(start.mock.calls.length);
  }
  expect(calls).toEqual([2, 2, 3, 4]);
  vi.useRealTimers();
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
