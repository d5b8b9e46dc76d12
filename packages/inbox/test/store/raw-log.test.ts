import { expect, it } from 'vitest';
import { RawLog } from '../../src/store/raw-log.ts';

const request = (url: string, bytes: number): Parameters<RawLog['add']>[0] => ({
  receivedAt: 1,
  method: 'POST',
  url,
  headers: {},
  body: Buffer.alloc(bytes),
});

it('keeps so many bytes of bodies, the oldest request out, and counts those that went', () => {
  const log = new RawLog(100);
  for (const url of ['a', 'b', 'c']) log.add(request(url, 40));
  expect(log.list().map(({ url, seq }) => [url, seq])).toEqual([
    ['b', 2],
    ['c', 3],
  ]);
  expect(log.evicted).toBe(1);
});

it('keeps one request even when it is larger than all that fits', () => {
  const log = new RawLog(100);
  log.add(request('huge', 500));
  expect(log.list()).toHaveLength(1);
  log.add(request('small', 1));
  expect(log.list().map(({ url }) => url)).toEqual(['small']);
});

it('goes on counting after it was cleared', () => {
  const log = new RawLog(100);
  log.add(request('a', 1));
  log.clear();
  expect(log.list()).toEqual([]);
  log.add(request('b', 1));
  expect(log.list()).toMatchObject([{ url: 'b', seq: 2 }]);
});
