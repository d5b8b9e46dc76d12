/**
 * Returns the known name that a mistyped one most likely means: the one with the fewest slips, else one that begins with it.
 * @param {string} given
 * @param {readonly string[]} known
 * @param {number} [maxSlips] by default two, or a third of the name
 * @returns {string | undefined}
 */
export function nearest(given, known, maxSlips = Math.max(2, Math.floor(given.length / 3))) {
  const name = plain(given);
  const [best] = known
    .map((candidate) => ({ candidate, slips: slipsBetween(name, plain(candidate)) }))
    .sort((a, b) => a.slips - b.slips);
  // A word of which every letter is wrong is another word.
  if (best && best.slips <= maxSlips && best.slips < name.length) return best.candidate;
  return known.find((candidate) => name.length >= 3 && plain(candidate).startsWith(name));
}

/** Without case, and with one kind of separator. @param {string} name */
function plain(name) {
  return name.toLowerCase().replaceAll('-', '_');
}

/** How many letters to add, leave out, replace or swap with their neighbour (optimal string alignment). @param {string} a @param {string} b */
function slipsBetween(a, b) {
  /** @type {number[]} */
  let beforeLast = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const replaced = (last[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1);
      const added = Math.min(last[column] ?? 0, current[column - 1] ?? 0) + 1;
      const isSwap = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      const swapped = isSwap ? (beforeLast[column - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY;
      current.push(Math.min(replaced, added, swapped));
    }
    beforeLast = last;
    last = current;
  }
  return last[b.length] ?? 0;
}
