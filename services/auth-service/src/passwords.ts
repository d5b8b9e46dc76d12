import { randomUUID } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';
import { AppError } from '@qr/common/server';

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

interface NewPasswordContext {
  /** The field of the request. */
  readonly field: string;
  /** Texts that strangers know or guess of the person: e-mail address, name. */
  readonly known: readonly string[];
}

// The library's defaults are argon2id with 19 MiB, two passes and one lane: the OWASP password storage recommendation.

/** The hash of no one's password: checking against it takes as long as against a real one. */
const nobodysHash = hash(randomUUID());

/** An argon2id hash with its salt and parameters, to be stored. */
export function hashPassword(password: string): Promise<string> {
  return hash(password);
}

/** Whether the password belongs to the hash. Without a hash the answer is no, after the same time. */
export async function matchesPassword(passwordHash: string | undefined, password: string): Promise<boolean> {
  const matches = await verify(passwordHash ?? (await nobodysHash), password);
  return matches && passwordHash !== undefined;
}

/**
 * Refuses a password that everybody tries first: a common word with or without digits behind it, a row of keys, a repetition, a date, spaces, or the
 * person's own address or name (NIST SP 800-63B, section 3.1.1.2). Without one of those 4 characters have to be left.
 *
 * @throws AppError 400 that names the field.
 */
export function checkNewPassword(password: string, { field, known }: NewPasswordContext): void {
  const text = normalize(password);
  const isDate = /^[\d\p{P}]*$/u.test(text) && text.replace(/\D/g, '').length < MIN_DIGITS;
  const words = [...COMMON_WORDS, ...known.flatMap(partsOf)];
  if (!isDate && spellingsOf(text).every((spelling) => leftOf(spelling, words) >= MIN_LEFT)) return;
  const message =
    'The password is too easy to guess. Choose one that is not a common word, a row of keys, a date, or your own name or address: several words together are fine.';
  throw new AppError({ code: 'weak_password', message, field });
}

function normalize(text: string): string {
  return text.normalize('NFKC').toLowerCase().replace(/\s+/g, '');
}

/** The parts of a name or an e-mail address, each side of its `@`, and these without punctuation. */
function partsOf(text: string): string[] {
  const sides = normalize(text).split('@');
  const words = text.toLowerCase().split(/[^\p{L}\d]+/u);
  const parts = [...words, ...sides, ...sides.map((side) => side.replace(/[^\p{L}\d]+/gu, ''))];
  return parts.filter((part) => part.length >= MIN_PART);
}

/** The text as it is, without repetitions and runs, and with the letters that its digits and signs may stand for. */
function spellingsOf(text: string): string[] {
  const unrepeated = /^(.{1,12}?)\1+$/su.exec(text)?.[1] ?? text;
  const plain = withoutRuns(unrepeated);
  const letters = ['i', 'l'].map((one) =>
    [...plain].map((character) => (character === '1' ? one : (LETTERS[character] ?? character))).join(''),
  );
  // A run can be part of a word, such as the `abc` of `abc123`.
  return [plain, unrepeated, ...letters];
}

/** Returns how many characters are left without one of the words, digits at the end and marks around. */
function leftOf(text: string, words: readonly string[]): number {
  const lefts = ['', ...words].map((word) => (word === '' ? text : text.replace(word, '')));
  return Math.min(...lefts.map((left) => left.replace(/^[^\p{L}\d]+/u, '').replace(/\d{0,4}[^\p{L}\d]*$/u, '').length));
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

/** Rows in which neighbours are typed one after the other: digits, the alphabet, keyboards, and the columns of keyboards. */
const KEY_ROWS: readonly string[] = `
  01234567890 abcdefghijklmnopqrstuvwxyz qwertyuiop asdfghjkl zxcvbnm qwertzuiop yxcvbnm azertyuiop qsdfghjklm wxcvbn
  1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p 1q2w3e4r5t6y7u8i9o0p q1w2e3r4t5y6u7i8o9p0
`
  .trim()
  .split(/\s+/);

/**
 * What the best known passwords are made of, in lower case: words, names and teams that stand at the top of every published list of leaked ones.
 * Longer forms (`password1`, `P@ssw0rd`, `Summer2026!`) follow from them by rule.
 */
const COMMON_WORDS: readonly string[] = `
  password passwort passwd passw pass motdepasse contrasena senha parola wachtwoord haslo heslo kennwort secret geheim letmein welcome willkommen
  bienvenue changeme default login admin administrator root guest user test demo temp master access trustno whatever nothing1 unknown hello hallo
  bonjour ciao iloveyou loveyou loveme lovely love ichliebedich teamo jetaime babygirl baby angel princess prinzessin sweetheart darling schatz
  sunshine summer winter spring autumn sommer january february march april june july august september october november december monday tuesday
  wednesday thursday friday saturday sunday flower rainbow butterfly dragon monkey tiger panther eagle falcon dolphin kitten puppy buster tigger
  shadow killer hunter ranger ninja samurai warrior knight wizard phoenix thunder matrix starwars startrek pokemon pikachu naruto nintendo
  minecraft fortnite playstation superman batman spiderman ironman superstar freedom liberty forever america canada london berlin paris deutschland
  football fussball soccer baseball basketball hockey golf yankees lakers cowboys steelers arsenal chelsea liverpool barcelona juventus realmadrid
  bayern schalke dortmund mustang ferrari porsche mercedes corvette harley computer internet samsung google facebook youtube instagram windows
  microsoft apple android linkedin qrcode chocolate cheese cookie banana orange pepper ginger coffee michael jordan jennifer charlie thomas robert
  daniel andrew andrea joshua matthew jessica ashley nicole amanda george hannah michelle maggie william anthony richard alexander maria martin
  patrick christian stefan sebastian david jonathan benjamin jesus christ heaven blessed metallica slipknot eminem blink182 nirvana qwerty qazwsx
  zaq12wsx abc123 asdf mypassword my
`
  .trim()
  .split(/\s+/);

/** In both directions. */
const ROWS = KEY_ROWS.flatMap((row) => [row, [...row].reverse().join('')]);
