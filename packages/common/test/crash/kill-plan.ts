import type { ForcedPoint } from './kill-point.ts';
import { integerBetween, seededRandom } from './seeded-random.ts';

/** How one process is to die, and whether the receiver is there meanwhile. */
export type Kill = { readonly name: string; readonly receiver: 'up' | 'down' } & (
  | { readonly kind: 'random'; readonly afterMs: number }
  | { readonly kind: 'forced'; readonly point: ForcedPoint }
  /** While the receiver has the batch and has not answered. */
  | { readonly kind: 'stalled send' }
);

/** Longest life of a process that is killed at a random moment, counted from its first event. */
const LONGEST_LIFE_MS = 600;
/** Calls of an operation that a process comes to within a second. */
const CALLS_IN_A_LIFE = 8;

type Point = Pick<ForcedPoint, 'operation' | 'when'>;

/** Points that a process comes to many times, whoever listens. */
const ownPoints: readonly Point[] = [
  { operation: 'journal open', when: 'after' },
  { operation: 'journal write', when: 'before' },
  { operation: 'journal write', when: 'half' },
  { operation: 'journal write', when: 'after' },
  { operation: 'seal write', when: 'before' },
  { operation: 'seal write', when: 'half' },
  { operation: 'seal write', when: 'after' },
  { operation: 'seal rename', when: 'after' },
  { operation: 'journal removal', when: 'after' },
];

/** Points that only a process with a receiver comes to. */
const sendPoints: readonly Point[] = [
  { operation: 'batch removal', when: 'before' },
  { operation: 'batch removal', when: 'after' },
];

/** Points of a start after somebody else's death. */
const adoptionPoints: readonly Point[] = [
  { operation: 'adoption rename', when: 'before' },
  { operation: 'adoption rename', when: 'after' },
  { operation: 'adopted seal write', when: 'half' },
  { operation: 'adopted seal rename', when: 'before' },
  { operation: 'adopted seal rename', when: 'after' },
  { operation: 'adopted journal removal', when: 'after' },
];

/** Every forced point once and as many random ones, in an order that the seed determines. */
export function fullPlan(seed: number): readonly Kill[] {
  const random = seededRandom(seed);
  const forced = [
    ...ownPoints.map((point) => forcedKill(random, point)),
    ...sendPoints.map((point) => forcedKill(random, point, 'up')),
  ];
  const kills = shuffled(random, [
    ...forced.map((kill) => [kill]),
    ...adoptionPoints.map((point) => adoptionKills(random, point)),
    ...Array.from({ length: 3 }, (): Kill[] => [{ kind: 'stalled send', name: 'stalled send', receiver: 'up' }]),
    ...Array.from({ length: 9 }, () => [randomKill(random, 'up')]),
    ...Array.from({ length: 9 }, () => [randomKill(random, 'down')]),
  ]);
  return kills.flat();
}

/** One of each sort. */
export function shortPlan(seed: number): readonly Kill[] {
  const random = seededRandom(seed);
  return [
    randomKill(random, 'up'),
    { kind: 'stalled send', name: 'stalled send', receiver: 'up' },
    randomKill(random, 'down'),
    forcedKill(random, { operation: 'journal write', when: 'half' }),
    forcedKill(random, { operation: 'seal write', when: 'half' }),
    forcedKill(random, { operation: 'seal rename', when: 'after' }),
    forcedKill(random, { operation: 'batch removal', when: 'before' }, 'up'),
    ...adoptionKills(random, { operation: 'adopted seal rename', when: 'after' }),
  ];
}

/** Three lives that come to no flush, to an unanswered request, and to no receiver. For a flush interval of 300 ms. */
export function mutantPlan(): readonly Kill[] {
  return [killAfter(250, 'up'), { kind: 'stalled send', name: 'stalled send', receiver: 'up' }, killAfter(450, 'down')];
}

/** A service that crashes again and again while the receiver is away. */
export function crashLoopPlan(seed: number, kills: number): readonly Kill[] {
  const random = seededRandom(seed);
  return Array.from({ length: kills }, () => randomKill(random, 'down'));
}

function randomKill(random: () => number, receiver: 'up' | 'down'): Kill {
  return killAfter(integerBetween(random, 0, LONGEST_LIFE_MS), receiver);
}

function killAfter(afterMs: number, receiver: 'up' | 'down'): Kill {
  return { kind: 'random', name: `random, ${afterMs} ms, receiver ${receiver}`, receiver, afterMs };
}

function forcedKill(random: () => number, point: Point, receiver = either(random)): Kill {
  const call = integerBetween(random, 1, CALLS_IN_A_LIFE);
  return { kind: 'forced', name: `${point.when} ${point.operation} ${call}`, receiver, point: { ...point, call } };
}

/** The first of the two leaves a journal to adopt. */
function adoptionKills(random: () => number, point: Point): Kill[] {
  return [
    forcedKill(random, { operation: 'journal write', when: 'after' }),
    {
      kind: 'forced',
      name: `${point.when} ${point.operation}`,
      receiver: either(random),
      point: { ...point, call: 1 },
    },
  ];
}

function either(random: () => number): 'up' | 'down' {
  return random() < 0.5 ? 'up' : 'down';
}

function shuffled<T>(random: () => number, items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, place: random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item);
}
