import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

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

/** A shorter name is too easily that of another program. */
const LEAST_LENGTH = 8;
const MAX_SLIPS = 2;

/**
 * Sentences about variables that nobody reads and that look like one that is read, which is not set. Their values are not looked at.
 * @param {string} root
 * @param {Readonly<Record<string, Readonly<Record<string, string | undefined>>>>} sources variables by where they are from: `.env`, `the environment`
 * @returns {string[]}
 */
export function spellingNotes(root, sources) {
  const file = join(root, '.env.example');
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const known = [...text.matchAll(/^([A-Z][A-Z0-9_]+)=/gm)].flatMap(([, name]) => name ?? []);
  const given = Object.entries(sources).flatMap(([source, variables]) =>
    Object.keys(variables).flatMap((name) => (variables[name]?.trim() ? [{ name, source }] : [])),
  );
  const absent = known.filter((name) => !given.some((each) => each.name === name));
  return given.flatMap(({ name, source }) => {
    if (name.length < LEAST_LENGTH || known.includes(name)) return [];
    const meant = nearest(name, absent, MAX_SLIPS);
    // A beginning alone says too little here.
    return meant && Math.abs(meant.length - name.length) <= MAX_SLIPS
      ? [`Nothing reads ${name} (in ${source}). Did you mean ${meant}?`]
      : [];
  });
}
