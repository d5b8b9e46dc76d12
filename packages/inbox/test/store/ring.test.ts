import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Ring } from '../../src/store/contents.ts';

it('holds what an array would that loses its first element on each eviction', () => {
  const step = fc.oneof(
    { weight: 3, arbitrary: fc.record({ push: fc.nat({ max: 100 }) }) },
    { weight: 2, arbitrary: fc.constant('evict' as const) },
    { weight: 1, arbitrary: fc.constant('remove odd' as const) },
    { weight: 1, arbitrary: fc.constant('clear' as const) },
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const ring = new Ring<number>();
      let model: number[] = [];
      for (const each of steps) {
        if (each === 'clear') {
          ring.clear();
          model = [];
        } else if (each === 'remove odd') {
          const kept = model.filter((item) => item % 2 === 0);
          expect(ring.removeWhere((item) => item % 2 === 1)).toBe(model.length - kept.length);
          model = kept;
        } else if (each === 'evict') {
          ring.evictOldest();
          model.shift();
        } else {
          ring.push(each.push, each.push);
          model.push(each.push);
        }
      }
      expect([...ring]).toEqual(model);
      expect([...ring.newestFirst()]).toEqual(model.toReversed());
      expect([ring.length, ring.bytes]).toEqual([model.length, model.reduce((sum, item) => sum + item, 0)]);
    }),
  );
});

it('stays in order when far more has been evicted than is kept', () => {
  const ring = new Ring<number>();
  for (let item = 0; item < 10_000; item += 1) {
    ring.push(item, 1);
    if (ring.length > 10) ring.evictOldest();
  }
  expect([...ring]).toEqual([9990, 9991, 9992, 9993, 9994, 9995, 9996, 9997, 9998, 9999]);
  expect([ring.length, ring.bytes, ring.evicted]).toEqual([10, 10, 9990]);
});
