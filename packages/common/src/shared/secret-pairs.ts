import type { KeyRules } from './sensitive-keys.ts';

const SEPARATOR = /(?:\\{0,3}["'`]|%22)?\]?\s{0,4}(?:=>|[:=]|%3[ad])\s{0,4}/iy;
const OPENING_QUOTE = /\\{0,3}["'`]|%22/y;
/** Headers hold several words and pairs: their value goes on to the end of the line. */
const HEADER = /authorization|cookie/i;
const LONGEST_KEY = 64;

/** Replaces what stands behind a secret key in a text: `password=x`, `"apiKey": "x"`, `Cookie: a=b; c=d`, in escaped and URL-encoded forms too. */
export function scrubPairs(text: string, keys: KeyRules, replacement: string): string {
  let result = '';
  let copied = 0;
  keys.inText.lastIndex = 0;
  for (let match = keys.inText.exec(text); match; match = keys.inText.exec(text)) {
    SEPARATOR.lastIndex = keys.inText.lastIndex;
    const separator = SEPARATOR.exec(text)?.[0];
    if (separator === undefined || keys.isAllowed?.(wholeKey(text, match.index, match[0]))) continue;
    const start = keys.inText.lastIndex + separator.length;
    const [from, to] = valueAt(text, start, match[0], /^\\*["'`]/.test(separator), replacement);
    if (from < to) {
      result += text.slice(copied, from) + replacement;
      copied = to;
    }
    keys.inText.lastIndex = Math.max(to, start);
  }
  return copied === 0 ? text : result + text.slice(copied);
}

function wholeKey(text: string, index: number, match: string): string {
  return `${/[\w.-]*$/.exec(text.slice(Math.max(0, index - LONGEST_KEY), index))?.[0] ?? ''}${match}`;
}

/** Where the value begins and ends; a quote that is never closed takes all that follows. */
function valueAt(text: string, start: number, key: string, isJson: boolean, replacement: string): [number, number] {
  OPENING_QUOTE.lastIndex = start;
  const quote = OPENING_QUOTE.exec(text)?.[0];
  if (quote !== undefined) return [start + quote.length, closingQuote(text, start + quote.length, quote)];
  const end = HEADER.test(key) ? LINE_END : isJson ? JSON_END : WORD_END;
  end.lastIndex = start;
  // What an earlier step has removed is no list.
  if (text.startsWith(replacement, start)) end.lastIndex = start + replacement.length;
  else if (text[start] === '{' || text[start] === '[') end.lastIndex = closingBracket(text, start);
  const from = end.lastIndex;
  const value = end.exec(text)?.[0] ?? '';
  return [start, from + value.replace(/["'`,;.)\]}>]{1,9}$/, '').length];
}

const LINE_END = /[^\r\n"]*/y;
const JSON_END = /[^\s,}\]]*/y;
const WORD_END = /[^\s&]*/y;

function closingQuote(text: string, start: number, quote: string): number {
  for (let at = text.indexOf(quote, start); at !== -1; at = text.indexOf(quote, at + 1)) {
    if (text[at - 1] !== '\\' || quote === '%22') return at;
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
