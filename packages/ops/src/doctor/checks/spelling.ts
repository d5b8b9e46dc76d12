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
  async run({ env, root }) {
    const known = await namesIn(join(root, '.env.example'));
    if (known.length === 0) return { status: 'skipped', says: `There is no .env.example in ${root} to compare with.` };
    const slips = Object.keys(env)
      .filter((name) => name.length >= LEAST_LENGTH && !known.includes(name))
      .flatMap((name) => {
        const meant = known.find((other) => !env[other] && slipsBetween(name, other) <= MAX_SLIPS);
        return meant === undefined ? [] : [{ name, meant }];
      });
    if (slips.length === 0) return { status: 'ok', says: 'No variable looks mistyped.' };
    return {
      status: 'warning',
      says: slips.map(({ name, meant }) => `Nothing reads ${name}; ${meant} is read, and not set.`).join('\n'),
      do: 'Correct the name in .env or in the environment.',
    };
  },
};

/** `.env.example` has a line for every variable of the platform. */
async function namesIn(file: string): Promise<readonly string[]> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return [...text.matchAll(/^([A-Z][A-Z0-9_]+)=/gm)].flatMap(([, name]) => name ?? []);
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
