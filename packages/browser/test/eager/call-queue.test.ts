import { expect, it, vi } from 'vitest';
import { createCallQueue } from '../../src/eager/call-queue.ts';

it('replays what was kept in order and with the original times, then passes calls straight through', () => {
  vi.useFakeTimers({ now: 100 });
  const queue = createCallQueue<string>();
  queue.push('first');
  vi.setSystemTime(200);
  queue.push('second');
  vi.setSystemTime(900);
  const heard: [string, number][] = [];
  queue.connect((call, at) => heard.push([call, at]));
  queue.push('third');
  vi.useRealTimers();
  expect(heard).toEqual([
    ['first', 100],
    ['second', 200],
    ['third', 900],
  ]);
});

it('drops the calls that find it full, so that the oldest survive, and says so', () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const queue = createCallQueue<number>(2);
  for (const call of [1, 2, 3, 4]) queue.push(call);
  expect(queue.pending().map(({ call }) => call)).toEqual([1, 2]);
  expect(warn.mock.calls).toEqual([['[observability] more than 2 calls wait, the next are dropped']]);
});

it('survives an SDK that throws and passes the next call on', () => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const queue = createCallQueue<string>();
  const heard: string[] = [];
  queue.push('bad');
  queue.push('good');
  queue.connect((call) => {
    if (call === 'bad') throw new Error('inside the SDK');
    heard.push(call);
  });
  expect(heard).toEqual(['good']);
});

it('keeps the order when the SDK itself makes a call while the queue is replayed', () => {
  const queue = createCallQueue<string>();
  queue.push('a');
  queue.push('b');
  const heard: string[] = [];
  queue.connect((call) => {
    heard.push(call);
    if (call === 'a') queue.push('nested');
  });
  expect(heard).toEqual(['a', 'b', 'nested']);
});
