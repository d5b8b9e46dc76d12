import { plan } from '@qr/events';
import fc from 'fast-check';
import { beforeEach, expect, it, vi } from 'vitest';
import { flushObservability, identifyUser, observabilityStats, trackEvent, trackRevenue } from '../../src/index.ts';
import { startObserved } from '../start-observed.ts';

/** A value that fights back. Made when it is used: the generator itself would stumble over it. */
class Hostile {
  readonly make: () => unknown;
  constructor(make: () => unknown) {
    this.make = make;
  }
}

const hostile = fc.constantFrom(
  new Hostile(() => {
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    return circle;
  }),
  new Hostile(() => new Proxy({}, { get: refuse, ownKeys: refuse, has: refuse, getOwnPropertyDescriptor: refuse })),
  new Hostile(() => ({ toJSON: refuse, toString: refuse, valueOf: refuse })),
  new Hostile(() => Object.defineProperty({}, 'qr_id', { enumerable: true, get: refuse })),
  new Hostile(() => new Date(Number.NaN)),
  new Hostile(() => Symbol('s')),
  new Hostile(() => refuse),
  new Hostile(() => '\u{1F600}'.repeat(200).slice(1)),
  new Hostile(() => 'x'.repeat(2_000_000)),
);
const value = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withNullPrototype: true,
      withSparseArray: true,
    }),
  },
  { weight: 3, arbitrary: fc.string({ unit: 'binary', maxLength: 400 }) },
  { weight: 1, arbitrary: hostile },
);
const events = Object.keys(plan.events);
const plannedProperties = [
  ...new Set(Object.values(plan.events).flatMap(({ schema }) => Object.keys(schema.properties))),
];
const properties = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.dictionary(fc.oneof(fc.constantFrom(...plannedProperties), fc.string({ unit: 'binary' })), value, {
      noNullPrototype: true,
    }),
  },
  { weight: 1, arbitrary: value },
);
const profiles = fc.dictionary(
  fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...Object.keys(plan.profile.properties)) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
  ),
  value,
  { noNullPrototype: true },
);
const id = fc.oneof(fc.uuid(), fc.constant(''), value);
const name = fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...events) }, { weight: 1, arbitrary: value });

beforeEach(() => {
  vi.spyOn(console, 'warn').mockImplementation(() => {});
});

it('any value anywhere: no call throws, and each record is accepted by a strict receiver or counted', {
  timeout: 30_000,
}, async () => {
  const { inbox } = await startObserved();
  let calls = 0;
  fc.assert(
    fc.property(name, id, properties, (anyName, anyId, anyProperties) => {
      calls++;
      call(trackEvent, anyName, anyId, anyProperties);
    }),
    { numRuns: 1500 },
  );
  let outcome = await flushObservability(10_000);
  while (outcome.pending + outcome.spooled > 0) outcome = await flushObservability(10_000);
  const { import: lane } = observabilityStats().lanes;
  const dropped = Object.values(lane?.dropped ?? {}).reduce((sum, count) => sum + count, 0);
  expect(inbox.rejected()).toEqual([]);
  expect(lane?.dropped.rejected).toBeUndefined();
  expect(inbox.events().length + dropped).toBe(calls);
  expect(inbox.events().length).toBeGreaterThan(calls / 3);
});

it('any value in a profile or an amount: no call throws, and what is sent is accepted', {
  timeout: 30_000,
}, async () => {
  const { inbox } = await startObserved();
  fc.assert(
    fc.property(id, fc.oneof(profiles, properties), value, (anyId, anyProperties, anyAmount) => {
      call(identifyUser, anyId, anyProperties);
      call(identifyUser, anyId, anyProperties, anyAmount);
      call(identifyUser, anyId, anyProperties, { anonymousId: anyAmount });
      call(trackRevenue, anyId, anyAmount, anyProperties);
    }),
    { numRuns: 500 },
  );
  await flushObservability(10_000);
  expect(inbox.rejected()).toEqual([]);
  expect(observabilityStats().lanes.engage?.delivered).toBeGreaterThan(100);
});

/** Calls a function of the library as a caller without types does. */
function call(target: unknown, ...values: readonly unknown[]): void {
  (target as (...given: readonly unknown[]) => void)(...values.map(made));
}

/** The value that is meant, in an object one level down too. */
function made(given: unknown): unknown {
  if (given instanceof Hostile) return given.make();
  if (typeof given !== 'object' || given === null || Object.getPrototypeOf(given) !== Object.prototype) return given;
  return Object.fromEntries(
    Object.entries(given).map(([key, inner]) => [key, inner instanceof Hostile ? inner.make() : inner]),
  );
}

function refuse(): never {
  throw new Error('refused');
}
