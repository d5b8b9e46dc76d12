import { createRules } from './rules.ts';
import type { KeyRules } from './sensitive-keys.ts';

/** Characters that are searched; the rest of a longer text is left out, so that one call has a bounded cost. */
export const MAX_TEXT_LENGTH = 16_384;
/**
 * Left out before such a cut as well: a secret that the cut has halved is no longer known by its shape. Those that may be longer (tokens,
 * keys, quoted values) are known by their beginning.
 */
const CUT_MARGIN = 1024;

export interface TextScrubberOptions {
  readonly keys: KeyRules;
  readonly patterns?: readonly RegExp[];
  readonly keepAddresses?: boolean;
}

/** Makes the function that removes secrets by their shape and their label, anywhere in a text, by the {@link createRules | rules}. */
export function createTextScrubber({
  keys,
  patterns = [],
  keepAddresses = false,
}: TextScrubberOptions): (text: string) => string {
  const rules = createRules(keys, patterns, keepAddresses);
  const scrubOnce = (text: string) => {
    let clean = text;
    for (const rule of rules) if (rule.hint.test(clean)) clean = rule.scrub(clean);
    return clean;
  };
  // A secret that was glued to another is seen only when that one is gone.
  const scrub = (text: string) => {
    let [before, clean] = [text, scrubOnce(text)];
    for (let pass = 1; pass < MAX_PASSES && clean !== before && clean.length <= MAX_LENGTH_OF_PASSES; pass++) {
      [before, clean] = [clean, scrubOnce(clean)];
    }
    return clean;
  };
  return (text) => {
    if (patterns.length === 0 && HARMLESS_TEXT.test(text)) return text;
    return text.length <= MAX_TEXT_LENGTH
      ? scrub(text)
      : `${scrub(text.slice(0, MAX_TEXT_LENGTH)).slice(0, -CUT_MARGIN)}…`;
  };
}

/**
 * Texts that hold nothing, as most names, words and times do: found out in a tenth of the time that all rules take. They need no escape in JSON.
 */
export const HARMLESS_TEXT =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they must be escaped in JSON
  /^(?:(?!(?:[spr]k|whsec|rzp)_)[a-z_.]{0,22}|[A-Za-z.]{0,10}(?: (?<!earer |asic )[A-Za-z.]{0,10}){0,4}|[^\u0000-\u001f"\\\ud800-\udfff@=:%+/.＝：-]{0,9}|\d{1,6}(?:\.\d{1,6}){1,2}|\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d(?:\.\d{1,9})?Z)?)$/;
/** Of a text of up to so many characters; a longer one is gone through once. */
const MAX_PASSES = 5;
const MAX_LENGTH_OF_PASSES = 4096;
