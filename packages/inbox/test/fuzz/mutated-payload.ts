import fc from 'fast-check';
import { oddName, oddValue } from './odd-values.ts';

/** One change of a JSON value; `at` chooses the place. */
type Change =
  | { readonly kind: 'replace' | 'append' | 'wrap'; readonly at: number; readonly value: unknown }
  | { readonly kind: 'add' | 'rename'; readonly at: number; readonly name: string; readonly value: unknown }
  | { readonly kind: 'remove' | 'swap' | 'repeat'; readonly at: number };

const at = fc.nat({ max: 10_000 });
const change: fc.Arbitrary<Change> = fc.oneof(
  fc.record({
    kind: fc.constantFrom('replace' as const, 'replace' as const, 'append' as const, 'wrap' as const),
    at,
    value: oddValue,
  }),
  fc.record({ kind: fc.constantFrom('add' as const, 'rename' as const), at, name: oddName, value: oddValue }),
  fc.record({ kind: fc.constantFrom('remove' as const, 'swap' as const, 'repeat' as const), at }),
);

/** Up to five changes; none leaves the sample as it is. */
export const changes: fc.Arbitrary<readonly Change[]> = fc.array(change, { maxLength: 5 });

type Container = Record<string | number, unknown>;

/** A place inside a value, by its container. */
interface Place {
  readonly container: Container;
  readonly key: string | number;
}

/** Applies changes to a copy. */
export function applyChanges(payload: unknown, list: readonly Change[]): unknown {
  const root: Container = { payload: structuredClone(payload) };
  for (const each of list) {
    const places = placesOf(root);
    const place = places[each.at % places.length];
    if (place !== undefined) apply(each, place, places);
  }
  return root['payload'];
}

function placesOf(container: Container, found: Place[] = []): Place[] {
  for (const key of Object.keys(container)) {
    found.push({ container, key });
    const value = container[key];
    // What was put in may be nested deeper than a test wants to look.
    if (typeof value === 'object' && value !== null && found.length < 2000) placesOf(value as Container, found);
  }
  return found;
}

function apply(each: Change, { container, key }: Place, places: readonly Place[]): void {
  const value = container[key];
  if (each.kind === 'replace') return put(container, key, each.value);
  if (each.kind === 'wrap') return put(container, key, [value, each.value]);
  if (each.kind === 'append' && Array.isArray(value)) return void value.push(each.value);
  if (each.kind === 'repeat' && Array.isArray(value)) return void value.push(...value);
  if (each.kind === 'add' && typeof value === 'object' && value !== null) {
    return put(value as Container, each.name, each.value);
  }
  if (each.kind === 'rename') {
    delete container[key];
    return put(container, each.name, value);
  }
  if (each.kind === 'remove') delete container[key];
  if (each.kind !== 'swap') return;
  const other = places[(each.at * 7) % places.length];
  // A value inside itself would have no end.
  if (other !== undefined) put(container, key, structuredClone(other.container[other.key]));
}

function put(container: Container, key: string | number, value: unknown): void {
  if (Array.isArray(container) && !/^\d+$/.test(String(key))) return void container.push(structuredClone(value));
  Object.defineProperty(container, key, {
    value: structuredClone(value),
    enumerable: true,
    configurable: true,
    writable: true,
  });
}
