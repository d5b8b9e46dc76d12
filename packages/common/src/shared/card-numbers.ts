const SEPARATORS = '(?:%20|[ +_\\u00a0-]){0,2}';
// Not from within an escape: in "%204111" the number begins with the 4.
const DIGIT_RUN = new RegExp(`(?<!%[0-9a-f]?)\\d(?:${SEPARATORS}\\d){12,}`, 'g');
/** ISO/IEC 7812: 13 to 19 digits. Payment cards begin with 2 to 6, which spares times in milliseconds. */
const SHORTEST = 13;
const LONGEST = 19;
const ID = /^(?:[0-9a-f]{16}|[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i;

/** Replaces card numbers that pass the Luhn check, also between other groups of digits; ids in hexadecimal stay. */
export function scrubCardNumbers(text: string, replacement: string): string {
  return text.replace(DIGIT_RUN, (run, offset: number) => scrubRun(run, offset, text, replacement));
}

function scrubRun(run: string, offset: number, text: string, replacement: string): string {
  const places = Array.from(run.replaceAll('%20', '   ').matchAll(/\d/g), ({ index }) => index);
  const startsGroup = (at: number) => at === 0 || places[at] !== (places[at - 1] ?? 0) + 1;
  let result = '';
  let copied = 0;
  for (let first = 0; first + SHORTEST <= places.length; ) {
    const last = startsGroup(first) ? lastDigit(run, places, first, startsGroup) : undefined;
    const start = places[first] ?? 0;
    const end = last === undefined ? 0 : (places[last] ?? 0) + 1;
    if (last !== undefined && !isPartOfId(text, offset + start, offset + end)) {
      result += run.slice(copied, start) + replacement;
      copied = end;
      first = last + 1;
    } else first++;
  }
  return result + run.slice(copied);
}

/** The end of the longest card number that begins at a digit and ends with a group. */
function lastDigit(
  run: string,
  places: readonly number[],
  first: number,
  startsGroup: (at: number) => boolean,
): number | undefined {
  const issuer = run[places[first] ?? 0] ?? '';
  if (issuer < '2' || issuer > '6') return undefined;
  // Which digits count double depends on the length: both sums are kept.
  const sums = [0, 0];
  let found: number | undefined;
  for (let length = 1; length <= LONGEST && first + length <= places.length; length++) {
    const last = first + length - 1;
    const digit = run.charCodeAt(places[last] ?? 0) - 48;
    const doubled = digit > 4 ? digit * 2 - 9 : digit * 2;
    sums[length % 2] = (sums[length % 2] ?? 0) + digit;
    sums[(length + 1) % 2] = (sums[(length + 1) % 2] ?? 0) + doubled;
    const isWhole = last + 1 === places.length || startsGroup(last + 1);
    if (length >= SHORTEST && isWhole && (sums[length % 2] ?? 1) % 10 === 0) found = last;
  }
  return found;
}

function isPartOfId(text: string, start: number, end: number): boolean {
  const before = /[0-9a-f-]*$/i.exec(text.slice(Math.max(0, start - 64), start))?.[0] ?? '';
  const after = /^[0-9a-f-]*/i.exec(text.slice(end, end + 64))?.[0] ?? '';
  const word = `${before}${text.slice(start, end)}${after}`;
  return ID.test(word) && /[a-f-]/i.test(word);
}
