const LONGEST = 128;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
/** W3C trace context: version, trace, span, flags. */
const TRACE_PARENT = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/i;
/** Bits of ids and digests divided by four: spans, object ids, MD5, SHA-1, SHA-224, SHA-256, SHA-384, SHA-512. */
const HEX_LENGTHS = new Set([16, 24, 32, 40, 56, 64, 96, 128]);
const ID_CHARACTER = /[0-9a-z-]/i;

/** Whether a part of a text lies in a UUID, a digest or another id in hexadecimal: digits in it say nothing. */
export function isPartOfId(text: string, start: number, end: number): boolean {
  return isIn(text, start, end, isHexadecimal);
}

/** The same for UUIDs and digests of a usual length only. */
export function isPartOfDigest(text: string, start: number, end: number): boolean {
  return isIn(text, start, end, (word) => HEX_LENGTHS.has(word.length) && isHexadecimal(word));
}

function isIn(text: string, start: number, end: number, isId: (word: string) => boolean): boolean {
  let from = start;
  while (from > 0 && start - from < LONGEST && ID_CHARACTER.test(text[from - 1] ?? '')) from--;
  let to = end;
  while (to < text.length && to - end < LONGEST && ID_CHARACTER.test(text[to] ?? '')) to++;
  const word = text.slice(from, to);
  return (
    UUID.test(word) ||
    TRACE_PARENT.test(word) ||
    word.split('-').some((part) => part.length >= end - start && isId(part))
  );
}

function isHexadecimal(word: string): boolean {
  if (!/^[0-9a-f]+$/i.test(word) || !/[a-f]/i.test(word)) return false;
  // Of another length, letters and digits must alternate: a word such as "cafe" may stand before a number.
  return HEX_LENGTHS.has(word.length) || word.split(/(?<=\d)(?=[a-f])|(?<=[a-f])(?=\d)/i).length > 4;
}
