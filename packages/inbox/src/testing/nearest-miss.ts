/** Compares as the test framework does, asymmetric matchers included. */
export type Equals = (actual: unknown, expected: unknown) => boolean;

type Fields = Readonly<Record<string, unknown>>;

/** Whether the candidate has all the expected fields. */
export function matches(candidate: Fields, expected: Fields, equals: Equals): boolean {
  return Object.keys(expected).every((name) => equals(candidate[name], expected[name]));
}

/** In one line, what sets the most similar candidate apart from what was expected. */
export function nearestMiss(candidates: readonly Fields[], expected: Fields, equals: Equals): string {
  const differences = candidates.map((candidate) =>
    Object.keys(expected).filter((name) => !equals(candidate[name], expected[name])),
  );
  const nearest = differences.reduce((best, each, index) => {
    return each.length < (differences[best]?.length ?? Number.POSITIVE_INFINITY) ? index : best;
  }, 0);
  const lines = (differences[nearest] ?? []).map(
    (name) => `${name} expected ${show(expected[name])}, got ${show(candidates[nearest]?.[name])}`,
  );
  return `The nearest of ${candidates.length}: ${lines.join('; ')}.`;
}

/** A value in a message: short, and readable when it is an asymmetric matcher. */
export function show(value: unknown): string {
  if (value instanceof RegExp) return String(value);
  if (typeof value === 'object' && value !== null && 'asymmetricMatch' in value) return String(value);
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 200 ? `${text.slice(0, 200)}...` : text;
}
