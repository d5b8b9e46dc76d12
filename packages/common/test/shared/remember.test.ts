import { expect, it, vi } from 'vitest';
import { remember } from '../../../telemetry/src/privacy/remember.ts';

it('asks once for a text, and each time for a very long one', () => {
  const upper = vi.fn((text: string) => text.toUpperCase());
  const remembered = remember(upper);
  const long = 'a'.repeat(8192);
  const longer = `${long}a`;
  expect([remembered('route'), remembered('route'), remembered(''), remembered('')]).toEqual([
    'ROUTE',
    'ROUTE',
    '',
    '',
  ]);
  expect(upper).toHaveBeenCalledTimes(2);
  expect([remembered(long), remembered(long)]).toEqual([long.toUpperCase(), long.toUpperCase()]);
  expect(upper).toHaveBeenCalledTimes(3);
  expect([remembered(longer), remembered(longer)]).toEqual([longer.toUpperCase(), longer.toUpperCase()]);
  expect(upper).toHaveBeenCalledTimes(5);
});

it('keeps a thousand texts at most', () => {
  const upper = vi.fn((text: string) => text.toUpperCase());
  const remembered = remember(upper);
  for (let number = 0; number <= 1000; number++) expect(remembered(`text ${number}`)).toBe(`TEXT ${number}`);
  expect(remembered('text 0')).toBe('TEXT 0');
  expect(upper).toHaveBeenCalledTimes(1002);
  expect(remembered('text 1000')).toBe('TEXT 1000');
  expect(upper).toHaveBeenCalledTimes(1002);
});

it('keeps 64 long texts at most, apart from the short ones', () => {
  const upper = vi.fn((text: string) => text.toUpperCase());
  const remembered = remember(upper);
  remembered('short');
  for (let number = 0; number <= 64; number++) remembered(`${number} ${'x'.repeat(100)}`);
  remembered('short');
  expect(upper).toHaveBeenCalledTimes(66);
  remembered(`0 ${'x'.repeat(100)}`);
  expect(upper).toHaveBeenCalledTimes(67);
});
