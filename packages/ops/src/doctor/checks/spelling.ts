import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Check } from '../check.ts';

/** Two slips; a shorter name is too easily that of another program. */
const MAX_SLIPS = 2;
const LEAST_LENGTH = 8;

/** Variables that nobody reads and that look like one that is read: what is mistyped is silently absent. */
export const spelling: Check = {
  name: 'spelling',
  about: 'no variable looks like a slip of one that is read',
  needs: [],
  isOffline: true,
  async run({ given, root }) {
    const known = await namesIn(join(root, '.env.example'));
    if (known.length === 0) return { status: 'skipped', says: `There is no .env.example in ${root} to compare with.` };
    const absent = known.filter((name) => !given.has(name));
    const slips = [...given]
      .filter(([name]) => name.length >= LEAST_LENGTH && !known.includes(name))
      .flatMap(([name, source]) => {
        const meant = nearest(name, absent);
        return meant === undefined ? [] : [{ name, source, meant }];
      });
    if (slips.length === 0) return { status: 'ok', says: 'No variable looks mistyped.' };
    return {
      status: 'warning',
      says: slips
        .map(({ name, source, meant }) => `Nothing reads ${name} (in ${source}). Did you mean ${meant}? It is not set.`)
        .join('\n'),
      do: 'Correct the name where it is set.',
    };
  },
};

/** `.env.example` has a line for every variable of the platform. */
async function namesIn(file: string): Promise<readonly string[]> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return [...text.matchAll(/^([A-Z][A-Z0-9_]+)=/gm)].flatMap(([, name]) => name ?? []);
}

/** The name with the fewest slips, in any case. */
function nearest(given: string, known: readonly string[]): string | undefined {
  const [best] = known
    .map((name) => ({ name, slips: slipsBetween(given.toUpperCase(), name) }))
    .sort((a, b) => a.slips - b.slips);
  return best && best.slips <= MAX_SLIPS ? best.name : undefined;
}

/** How many letters to add, leave out, replace or swap with their neighbour (optimal string alignment). */
function slipsBetween(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > MAX_SLIPS) return Number.POSITIVE_INFINITY;
  let beforeLast: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const isSame = a[row - 1] === b[column - 1];
      const isSwap = a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      current.push(
        Math.min(
          at(last, column) + 1,
          at(current, column - 1) + 1,
          at(last, column - 1) + (isSame ? 0 : 1),
          isSwap ? at(beforeLast, column - 2) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
    beforeLast = last;
    last = current;
  }
  return at(last, b.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}
