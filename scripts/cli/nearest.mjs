import { createRequire } from 'node:module';

/**
 * Returns the known name that a mistyped one most likely means: the one with the fewest slips, else one that begins with it.
 * @param {string} given
 * @param {readonly string[]} known
 * @param {number} [maxSlips] by default two, or a third of the name
 * @returns {string | undefined}
 */
export function nearest(given, known, maxSlips = Math.max(2, Math.floor(given.length / 3))) {
  const name = plain(given);
  const distance = loadDistance();
  const [best] = known
    .map((candidate) => ({ candidate, slips: distance(name, plain(candidate)) }))
    .sort((a, b) => a.slips - b.slips);
  // A word of which every letter is wrong is another word.
  if (best && best.slips <= maxSlips && best.slips < name.length) return best.candidate;
  return known.find((candidate) => name.length >= 3 && plain(candidate).startsWith(name));
}

/** Without case, and with one kind of separator. @param {string} name */
function plain(name) {
  return name.toLowerCase().replaceAll('-', '_');
}

/** Commands read their options before anything is installed. @returns {typeof import('fastest-levenshtein').distance} */
function loadDistance() {
  try {
    return createRequire(import.meta.url)('fastest-levenshtein').distance;
  } catch {
    return () => Number.POSITIVE_INFINITY;
  }
}
