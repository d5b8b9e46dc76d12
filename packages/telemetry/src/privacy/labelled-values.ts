/** What opens a quoted value, with the prefixes of some languages. */
const OPENING = /[bBrRuUfFN@]{0,2}(\\{0,3}(?:"""|'''|["'`])|\\u0022|%(?:25)*2[27]|&(?:quot|apos|#34|#39);|[“„‘«])/y;
const CLOSING: Readonly<Record<string, string>> = { '“': '”', '„': '”', '‘': '’', '«': '»' };
/** Headers hold several words and pairs: their value goes on to the end of the line, or of the quotes that the header stands in. */
const HEADER = /authorization$|cookies?\d?$/i;
const TO_LINE_END = /[^\r\n]*/y;
/** `token: |` and the value on the next, indented line. */
const YAML_BLOCK = /[|>][+-]?[ \t]{0,4}\r?\n[ \t]{1,40}(?=\S)/y;
const JSON_WORD = /[^\s,}\]]*/y;
/** A quote ends a word where something that ends a text follows it. */
const WORD = /(?:[^\s&"'`<]|["'`](?![\s,;:)}\]>.]|$)|<(?!\/))*/y;
const SPACES = /[ \t\u00a0]{1,4}(?=[^\s\u00a0])/y;
/** Behind the words of a value: the next label, a flag, a pipe. */
const NEXT_LABEL = /[\w.-]{1,40}(?:[:=]|=>|%3[ad])|--?[a-z]|[|&(<>[{]/iy;
/** What a sentence goes on with after a value. */
const VERB = /^(?:was|is|are|were|has|had|does|did|could|cannot|can't|will|expired|rejected|failed|invalid|not)\b/i;
/** Values that say that there is none, or of what kind. */
const NO_SECRET = new RegExp(
  `^(?:${[
    'true|false|null|undefined|none|nil|nan|yes|no|on|off|ok|n/a|enabled|disabled|required|optional|missing|empty|blank|invalid|valid|expired|unset',
    'failed|failure|success|successful|error|unauthorized|forbidden|denied|rejected|refused|revoked|unknown|active|inactive|started|ended|closed',
    'string|number|boolean|object|masked|hidden|filtered|removed|redacted|\\[\\w{1,20}\\]|<\\w{1,20}>|\\*+|\\$\\d{1,3}|\\?|%s|[^\\w\\s]{1,2}',
  ].join('|')})$`,
  'i',
);
/** The beginning of a sentence about a field: "password: must have 8 characters". */
const SENTENCE =
  /(?:must|should|expected|cannot|too (?:short|long|weak)|(?:is|was|are) (?:required|missing|invalid|empty|too|not|expired|incorrect|wrong|already)|not (?:found|set|valid|provided|allowed)|has (?:expired|been)|(?:required|missing|invalid|expired|rejected)[ ,;])\b/iy;
const TRAILING = /["'`,;.)\]}>]{1,9}$/;

/** Where a value begins and how it was introduced. */
export interface Place {
  readonly at: number;
  /** Whether the label stood in quotes, as keys of JSON do. */
  readonly isQuoted: boolean;
  /** Whether it ends with the next tag. */
  readonly isElement: boolean;
  /** Whether a space separates it from its operator. */
  readonly isSpaced: boolean;
  /** Whether it is the whole line. @default false */
  readonly isLine?: boolean;
}

interface Labelled extends Place {
  readonly label: string;
  readonly start: number;
  readonly replacement: string;
}

/** Where the value behind a label begins and ends; the same twice when nothing there is secret. A quote that is never closed takes all that follows. */
export function valueAt(text: string, at: number, labelled: Labelled): [number, number] {
  if (labelled.isElement) return elementValue(text, at, labelled);
  if (labelled.isLine) return unlessHarmless(text, at, ends(TO_LINE_END, text, at) ?? at);
  OPENING.lastIndex = at;
  const opening = OPENING.exec(text);
  if (opening) {
    const quote = opening[1] ?? '';
    const from = at + opening[0].length;
    return unlessHarmless(text, from, closingQuote(text, from, quote));
  }
  const block = ends(YAML_BLOCK, text, at);
  if (block !== undefined) return unlessHarmless(text, block, ends(TO_LINE_END, text, block) ?? block);
  const { label, replacement, isQuoted } = labelled;
  const isRemoved = text.startsWith(replacement, at);
  if (!isRemoved && (text[at] === '{' || text[at] === '[')) return [at, closingBracket(text, at)];
  const from = isRemoved ? at + replacement.length : at;
  if (HEADER.test(label) && !isQuoted) return headerValue(text, at, labelled);
  const end = isQuoted ? (ends(JSON_WORD, text, from) ?? from) : wordsEnd(text, from, isRemoved, labelled);
  const value = text.slice(from, end).replace(TRAILING, '');
  return unlessHarmless(text, at, from + value.length);
}

/** The position behind what a sticky pattern matches; `undefined` when it does not match. */
export function ends(pattern: RegExp, text: string, at: number): number | undefined {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}

/** Whether a value under a secret key says that there is none, or of what kind. */
export function isNoSecret(value: string): boolean {
  return value.length <= 40 && NO_SECRET.test(value.trim());
}

function unlessHarmless(text: string, from: number, to: number): [number, number] {
  return isNoSecret(text.slice(from, to)) || ends(SENTENCE, text, from) !== undefined ? [from, from] : [from, to];
}

/** Up to the tag that closes the element, else to the next tag. */
function elementValue(text: string, at: number, { label }: Labelled): [number, number] {
  const isEncoded = text.startsWith('&gt;', at - 4);
  const cdata = text.startsWith('<![CDATA[', at) ? text.indexOf(']]>', at) : -1;
  const closed = text.slice(at, at + LONGEST_ELEMENT).search(isEncoded ? /&lt;\// : /<\//);
  const named = text.slice(at, at + LONGEST_ELEMENT).indexOf(`</${label}>`);
  const length = cdata !== -1 ? cdata - at : named !== -1 ? named : closed;
  const value = text.slice(at, length === -1 ? text.length : at + length);
  const from = at + (/^\s*/.exec(value)?.[0].length ?? 0);
  return unlessHarmless(text, from, at + value.trimEnd().length);
}

const LONGEST_ELEMENT = 4096;

function headerValue(text: string, at: number, { start, label }: Labelled): [number, number] {
  const quote = text[start - 1] ?? '';
  const isQuoted = quote === '"' || quote === "'" || quote === '`';
  const line = ends(TO_LINE_END, text, at) ?? at;
  const closed = isQuoted ? closingQuote(text, at, quote) : line;
  const end = Math.min(closed, line);
  const value = text.slice(at, end).trimEnd();
  // "cookies: disabled, storage: enabled" is no header.
  if (!/authorization$/i.test(label) && !value.includes('=') && /^[a-z]+(?:[,;.)\]}>]|$)/i.test(value)) {
    return unlessHarmless(text, at, at + (/^[a-z]+/i.exec(value)?.[0].length ?? 0));
  }
  return unlessHarmless(text, at, at + value.length);
}

/** The end of a value without quotes: one word, or as many as belong to it. */
function wordsEnd(text: string, from: number, isRemoved: boolean, { start, isSpaced, label }: Labelled): number {
  let end = ends(WORD, text, from) ?? from;
  const isFirstOfLine = /(?:^|\n)[ \t]*(?:export |set )?$/.test(text.slice(Math.max(0, start - 24), start));
  if (isRemoved || end === from || label.startsWith('-') || !(isSpaced || isFirstOfLine)) return end;
  const takesAll = isSpaced && isFirstOfLine;
  const isPlain = /^\p{L}+$/u.test(text.slice(from, end));
  for (;;) {
    if (/[,;]/.test(text[end - 1] ?? '')) return end;
    const next = ends(SPACES, text, end);
    if (next === undefined || ends(NEXT_LABEL, text, next) !== undefined) return end;
    const after = ends(WORD, text, next) ?? next;
    const word = text.slice(next, after);
    if (word === '' || VERB.test(word) || (!takesAll && !isPlain && /^\p{L}*[.,;:!?]?$/u.test(word))) return end;
    end = after;
  }
}

function closingQuote(text: string, start: number, opening: string): number {
  const quote = CLOSING[opening] ?? opening;
  const escapes = /^\\+/.exec(quote)?.[0].length ?? 0;
  const bare = quote.slice(escapes);
  const canBeEscaped = bare.length === 1;
  for (let at = text.indexOf(bare, start); at !== -1; at = text.indexOf(bare, at + 1)) {
    if (!canBeEscaped) return at;
    let backslashes = 0;
    while (at - backslashes > start && text[at - backslashes - 1] === '\\') backslashes++;
    // Each level of JSON within JSON doubles the backslashes: a quote ends the text when it has those of the opening one, and pairs.
    if (backslashes % (2 * (escapes + 1)) === escapes) return at - escapes;
  }
  return text.length;
}

function closingBracket(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const character = text[at];
    if (character === '{' || character === '[') depth++;
    else if ((character === '}' || character === ']') && --depth === 0) return at + 1;
  }
  return text.length;
}
