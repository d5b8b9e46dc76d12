/** ISO 13616: country, two check digits and 11 to 30 more characters, in blocks of four when printed. */
const CANDIDATE = /(?<![a-z0-9])[a-z]{2}\d{2}(?:[ -]?[a-z0-9]{4}){2,7}(?:[ -]?[a-z0-9]{1,4})?/gi;
const SHORTEST = 15;
const LONGEST = 34;

/** Replaces account numbers whose check digits are right. */
export function scrubIbans(text: string, replacement: string): string {
  return text.replace(CANDIDATE, (candidate) => {
    // Words of four letters may follow it and look like further blocks.
    for (let end = candidate.length; end >= SHORTEST; end = blockBefore(candidate, end)) {
      if (isIban(candidate.slice(0, end))) return replacement + candidate.slice(end);
    }
    return candidate;
  });
}

function blockBefore(candidate: string, end: number): number {
  return Math.max(candidate.lastIndexOf(' ', end - 1), candidate.lastIndexOf('-', end - 1));
}

function isIban(text: string): boolean {
  const compact = text.replace(/[ -]/g, '').toUpperCase();
  if (compact.length < SHORTEST || compact.length > LONGEST) return false;
  let remainder = 0;
  for (const character of compact.slice(4) + compact.slice(0, 4)) {
    const value = Number.parseInt(character, 36);
    remainder = (value > 9 ? remainder * 100 + value : remainder * 10 + value) % 97;
  }
  return remainder === 1;
}
