import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { nearest } from '../cli/nearest.mjs';

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
