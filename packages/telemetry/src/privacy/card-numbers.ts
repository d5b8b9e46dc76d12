import { isPartOfId } from './harmless-ids.ts';

const SEPARATOR = '(?:%20|%C2%A0|[ \\t.+_\\u00a0\\u2007\\u202f‐‑–-]){0,2}';
// Not from within an escape: in "%204111" the number begins with the 4.
const DIGIT_RUN = new RegExp(`(?<!%[0-9a-f]?)\\d(?:${SEPARATOR}\\d){11,}`, 'gi');
/** ISO/IEC 7812, by the networks' published ranges: how a number begins, and how long it is. */
const NETWORKS: readonly (readonly [begins: RegExp, lengths: readonly number[]])[] = [
  [/^4/, [16, 19]],
  [/^(?:5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/, [16]],
  [/^3[47]/, [15]],
  [/^3(?:0[0-5]|[689])/, [14, 16]],
  [/^(?:6011|64[4-9]|65)/, [16, 19]],
  [/^35(?:2[89]|[3-8])/, [16]],
  [/^(?:62|81)/, [16, 17, 18, 19]],
  [/^220[0-4]/, [16]],
  [/^(?:60|65|82|508)/, [16]],
  [/^(?:5018|5020|5038|5893|6304|6759|676[1-3])/, [12, 13, 14, 15, 16, 17, 18, 19]],
  // The IMEI of a phone: its type allocation codes begin with 35, and its check digit is the same. GSMA TS.06
  [/^35/, [15]],
];
const ANY_LENGTH = [19, 18, 17, 16, 15, 14, 13, 12];
/** Lengths of the numbers that begin with a digit, the longest first. */
const LENGTHS: Readonly<Record<string, readonly number[]>> = {
  2: [16],
  3: [16, 15, 14],
  4: [19, 16],
  5: ANY_LENGTH,
  6: ANY_LENGTH,
  8: [19, 18, 17, 16],
};
const SHORTEST = 12;

/** Replaces card numbers: beginning, length and check digit (Luhn) of a network. Also between other groups of digits; ids in hexadecimal stay. */
export function scrubCardNumbers(text: string, replacement: string): string {
  return text.replace(DIGIT_RUN, (run, offset: number) => scrubRun(run, offset, text, replacement));
}

function scrubRun(run: string, offset: number, text: string, replacement: string): string {
  const places = Array.from(
    run.replace(/%20|%C2%A0/gi, (encoded) => ' '.repeat(encoded.length)).matchAll(/\d/g),
    ({ index }) => index,
  );
  const digits = places.map((place) => run[place]).join('');
  const startsGroup = places.map((place, at) => at === 0 || place !== (places[at - 1] ?? 0) + 1);
  let result = '';
  let copied = 0;
  for (let first = 0; first + SHORTEST <= places.length; ) {
    const length = startsGroup[first] ? cardLength(digits, startsGroup, first) : 0;
    const start = places[first] ?? 0;
    const end = (places[first + length - 1] ?? 0) + 1;
    if (length > 0 && !isPartOfId(text, offset + start, offset + end)) {
      result += run.slice(copied, start) + replacement;
      copied = end;
      first += length;
    } else first++;
  }
  return result + run.slice(copied);
}

/** How many digits from `first` on are a card number that ends with a group; the longest, 0 when there is none. */
function cardLength(digits: string, startsGroup: readonly boolean[], first: number): number {
  for (const length of LENGTHS[digits[first] ?? ''] ?? []) {
    const isWhole = first + length === digits.length || startsGroup[first + length];
    if (
      isWhole &&
      passesLuhn(digits, first, length) &&
      isOfNetwork(digits, first, length) &&
      isGrouped(startsGroup, first, length)
    ) {
      return length;
    }
  }
  return 0;
}

function isOfNetwork(digits: string, first: number, length: number): boolean {
  const begins = digits.slice(first, first + 6);
  return NETWORKS.some(([beginning, lengths]) => lengths.includes(length) && beginning.test(begins));
}

/** Whether the groups are like those on a card, or all of one length: a list of other numbers may pass the check by chance. */
function isGrouped(startsGroup: readonly boolean[], first: number, length: number): boolean {
  const sizes: number[] = [];
  for (let at = first; at < first + length; at++) {
    if (at === first || startsGroup[at]) sizes.push(0);
    sizes[sizes.length - 1] = (sizes.at(-1) ?? 0) + 1;
  }
  const inner = sizes.slice(0, -1);
  return inner.every((size) => size >= 3) || inner.every((size) => size === inner[0]);
}

function passesLuhn(digits: string, first: number, length: number): boolean {
  let sum = 0;
  for (let at = 0; at < length; at++) {
    const digit = digits.charCodeAt(first + length - 1 - at) - 48;
    sum += at % 2 === 0 ? digit : digit > 4 ? digit * 2 - 9 : digit * 2;
  }
  return sum % 10 === 0;
}
