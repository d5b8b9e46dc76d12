import { isPartOfId } from './harmless-ids.ts';

/** The IBAN registry (ISO 13616): country codes by the length of their account numbers. */
const COUNTRIES: Readonly<Record<number, string>> = {
  15: 'NO',
  16: 'BE',
  18: 'DK FI FK FO GL NL SD',
  19: 'MK SI',
  20: 'AT BA EE KZ LT LU MN XK',
  21: 'CH HR LI LV',
  22: 'BG BH CR DE GB GE IE ME RS VA',
  23: 'AE GI IL IQ OM SO TL',
  24: 'AD CZ ES MD PK RO SA SE SK TN VG',
  25: 'LY PT ST',
  26: 'IS TR',
  27: 'BI DJ FR GR IT MC MR SM',
  28: 'AL AZ BY CY DO GT HN HU LB NI PL SV',
  29: 'BR EG PS QA UA',
  30: 'JO KW MU YE',
  31: 'MT SC',
  32: 'LC',
  33: 'RU',
};
const LENGTHS = new Map(
  Object.entries(COUNTRIES).flatMap(([length, codes]) =>
    codes.split(' ').map((code) => [code, Number(length)] as const),
  ),
);
const SEPARATOR = '(?:%20|%C2%A0|[ \\t.+\\u00a0\\u2007\\u202f-])?';
/** Country, two check digits and 11 to 30 more characters, in blocks when printed. */
const CANDIDATE = new RegExp(`(?<![a-z0-9]|%[0-9a-f]?)[a-z]{2}${SEPARATOR}\\d{2}(?:${SEPARATOR}[a-z0-9]){11,29}`, 'gi');

/** Replaces account numbers: length of the country and check digits (mod 97). */
export function scrubIbans(text: string, replacement: string): string {
  return text.replace(CANDIDATE, (candidate: string, offset: number) => {
    const length = LENGTHS.get(candidate.slice(0, 2).toUpperCase());
    const places = length === undefined ? [] : placesOf(candidate, length);
    if (length === undefined || places.length < length) return candidate;
    const end = (places.at(-1) ?? 0) + 1;
    // Words may follow it and look like further blocks, but none may end in the middle of one.
    if (/[a-z0-9]/i.test(text[offset + end] ?? '')) return candidate;
    if (!passesMod97(places.map((place) => candidate[place]).join('')) || isPartOfId(text, offset, offset + end))
      return candidate;
    return replacement + candidate.slice(end);
  });
}

/** Where the first so many letters and digits stand. */
function placesOf(candidate: string, length: number): number[] {
  const plain = candidate.replace(/%20|%C2%A0/gi, (encoded) => ' '.repeat(encoded.length));
  return Array.from(plain.matchAll(/[a-z0-9]/gi), ({ index }) => index).slice(0, length);
}

function passesMod97(compact: string): boolean {
  let remainder = 0;
  for (const character of compact.slice(4) + compact.slice(0, 4)) {
    const value = Number.parseInt(character, 36);
    remainder = (value > 9 ? remainder * 100 + value : remainder * 10 + value) % 97;
  }
  return remainder === 1;
}
