import { AppError } from '@qr/common';
import { COMMON_WORDS, KEY_ROWS } from './common-passwords.ts';

/** So many characters have to be left when everything is gone that people try first. */
const MIN_LEFT = 4;
/** Parts of a person's address or name that are shorter may be in any word. */
const MIN_PART = 3;
/** A run of neighbouring keys or letters, or one character again and again, counts as nothing from this length on. */
const MIN_RUN = 3;
/** Digits alone are dates and telephone numbers; 12 at random have 40 bits. */
const MIN_DIGITS = 12;
/** How people write letters in passwords. `1` is read both ways. */
const LETTERS: Readonly<Record<string, string>> = {
  '0': 'o',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
  '!': 'i',
};

/** What {@link checkNewPassword} takes beside the password. */
export interface NewPasswordContext {
  /** The field of the request. */
  readonly field: string;
  /** Texts that strangers know or guess of the person: e-mail address, name. */
  readonly known: readonly string[];
}

/**
 * Refuses a password that everybody tries first: a common word with or without digits behind it, a row of keys, a repetition, a date, spaces, or the
 * person's own address or name (NIST SP 800-63B, section 3.1.1.2). What is left without those must have 4 characters.
 *
 * @throws AppError 400 that names the field.
 */
export function checkNewPassword(password: string, { field, known }: NewPasswordContext): void {
  const text = password.normalize('NFKC').toLowerCase().replace(/\s+/g, '');
  const words = [...COMMON_WORDS, ...known.flatMap(partsOf)].sort((a, b) => b.length - a.length);
  const isDate = /^[\d\p{P}]*$/u.test(text) && text.replace(/\D/g, '').length < MIN_DIGITS;
  const left = Math.min(...['i', 'l'].map((one) => remainder(text, words, one).length));
  if (!isDate && left >= MIN_LEFT) return;
  const message =
    'The password is too easy to guess. Choose one that is not a common word, a row of keys, a date, or your own name or address: several words together are fine.';
  throw new AppError({ code: 'weak_password', message, field });
}

function partsOf(text: string): string[] {
  const parts = text
    .normalize('NFKC')
    .toLowerCase()
    .split(/[^\p{L}\d]+/u);
  return parts.filter((part) => part.length >= MIN_PART);
}

function remainder(text: string, words: readonly string[], one: string): string {
  const unrepeated = /^(.{1,12}?)\1+$/su.exec(text)?.[1] ?? text;
  const plain = withoutRuns(removeWords(unrepeated, words));
  const letters = [...plain].map((character) => (character === '1' ? one : (LETTERS[character] ?? character))).join('');
  const left = removeWords(letters, words);
  // Nothing was a word in disguise: the digits are digits, and some at the end make nothing harder to guess.
  return (left === letters ? plain : left).replace(/^[^\p{L}\d]+/u, '').replace(/\d{0,4}[^\p{L}\d]*$/u, '');
}

function removeWords(text: string, words: readonly string[]): string {
  return words.reduce((left, word) => left.replaceAll(word, ''), text);
}

/** Removes runs of neighbours on a keyboard or in the alphabet, in both directions, and of one character. */
function withoutRuns(text: string): string {
  let left = '';
  for (let start = 0; start < text.length; ) {
    const length = runLength(text, start);
    if (length < MIN_RUN) left += text.slice(start, start + length);
    start += length;
  }
  return left;
}

/** Returns how many characters from `start` on are one run; at least 1. */
function runLength(text: string, start: number): number {
  const lengths = ROWS.map((row) => {
    const offset = row.indexOf(text.charAt(start)) - start;
    let end = start + 1;
    while (end < text.length && row[end + offset] === text[end]) end++;
    return end - start;
  });
  let end = start + 1;
  while (text[end] === text[start]) end++;
  return Math.max(end - start, ...lengths);
}

/** In both directions. */
const ROWS = KEY_ROWS.flatMap((row) => [row, [...row].reverse().join('')]);
