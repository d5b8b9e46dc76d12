import { scrubCardNumbers } from './card-numbers.ts';
import { scrubEmails } from './e-mails.ts';
import { scrubIbans } from './ibans.ts';
import { scrubPairs } from './secret-pairs.ts';
import type { KeyRules } from './sensitive-keys.ts';
import { scrubSql } from './sql-literals.ts';

/** What stands in the place of a removed value. */
export const REDACTED = '[redacted]';

/** Characters that are searched; the rest of a longer text is left out, so that one call has a bounded cost. */
export const MAX_TEXT_LENGTH = 16_384;
/**
 * Left out before such a cut as well: a secret that the cut has halved is no longer known by its shape. Those that may be longer (tokens,
 * keys, quoted values) are known by their beginning.
 */
const CUT_MARGIN = 1024;

/** A secret that is known by its shape; a text without the hint cannot hold it, which is cheaper to find out than to search. */
type Shape = readonly [hint: RegExp, scrub: (text: string) => string];

/**
 * Makes the function that removes secrets by their shape, anywhere in a text.
 *
 * Every step takes time in proportion to the text: each repetition is bounded, cannot overlap what follows it, or cannot fail once begun.
 */
export function createTextScrubber(keys: KeyRules, patterns: readonly RegExp[] = []): (text: string) => string {
  const shapes: readonly Shape[] = [
    [/PRIVATE KEY/, (text) => text.replace(PRIVATE_KEY, REDACTED)],
    [/["'$]|\nparams:|contains \(|Key \(/, (text) => scrubSql(text, REDACTED)],
    [/eyJ/, (text) => text.replace(JSON_WEB_TOKEN, REDACTED)],
    [/bearer|basic/i, (text) => text.replace(CREDENTIALS, `$1 ${REDACTED}`)],
    [/:\/\//, (text) => text.replace(URL_CREDENTIALS, `://${REDACTED}@`)],
    [/[?&][^=]{1,64}=/, (text) => text.replace(QUERY_VALUE, `$1=${REDACTED}`)],
    [/[:=%]/, (text) => scrubPairs(text, keys, REDACTED)],
    ...patterns.map((pattern): Shape => [/(?:)/, (text) => text.replace(pattern, (match) => (match ? REDACTED : ''))]),
    [/@|%40/, (text) => scrubEmails(text, REDACTED)],
    [/\d.?\d.?\d/, (text) => scrubCardNumbers(text, REDACTED)],
    [/[a-z]{2}\d{2}/i, (text) => scrubIbans(text, REDACTED)],
  ];
  const scrubOnce = (text: string) => {
    let clean = text;
    for (const [hint, step] of shapes) if (hint.test(clean)) clean = step(clean);
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
    if (patterns.length === 0 && PLAIN.test(text)) return text;
    return text.length <= MAX_TEXT_LENGTH
      ? scrub(text)
      : `${scrub(text.slice(0, MAX_TEXT_LENGTH)).slice(0, -CUT_MARGIN)}…`;
  };
}

/** Most texts are names and words: they hold nothing, and need not be searched eleven times. */
const PLAIN = /^(?!.{0,64}eyJ)[a-z_./-]{0,64}$/i;
/** Of a text of up to so many characters; a longer one is gone through once. */
const MAX_PASSES = 5;
const MAX_LENGTH_OF_PASSES = 4096;

// Also one whose end is missing.
const PRIVATE_KEY = /-{1,5}BEGIN[A-Z0-9 ]{0,40}PRIVATE KEY[\s\S]*?(?:-END[A-Z0-9 ]{0,40}PRIVATE KEY[A-Z ]{0,10}-*|$)/g;
const JSON_WEB_TOKEN = /eyJ[\w-]{8,}(?:\.[\w-]*){0,4}/g;
const CREDENTIALS = /\b(bearer|basic)(?:\s|%20|\+){1,8}(?!(?:auth\w*|access|realm)\b)[\w+/=.~-]{6,}/gi;
// A password may hold slashes and at signs; a port may not.
const URL_CREDENTIALS = /:\/\/(?:[^\s/?#@:]{0,256}:(?!\d{1,5}(?![^/?#\s]))[^\s"'<>]{1,256}|[^\s/?#]{1,256})@/g;
const QUERY_VALUE = /([?&][\w.~%[\]-]{1,64})=(?:[^\s&#"'<>]|["'](?![\s,;:)}\]>.]|$))+/g;
