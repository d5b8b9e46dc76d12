import { unquote } from './property.ts';

/** A piece of an expression; `text` of a string is what stands between its quotes. */
export interface Token {
  readonly kind: 'string' | 'number' | 'word' | 'sign' | 'end';
  readonly text: string;
  /** Where it begins, for messages. */
  readonly at: number;
}

const PATTERN =
  /\s*(?:("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|([A-Za-z_]\w*)|(==|!=|>=|<=|[<>()[\],]))/sy;

/** Splits an expression; undefined with the place of what is no token. */
export function tokensOf(text: string): { readonly tokens: readonly Token[] } | { readonly unknownAt: number } {
  const tokens: Token[] = [];
  const end = text.trimEnd().length;
  let at = 0;
  while (at < end) {
    PATTERN.lastIndex = at;
    const match = PATTERN.exec(text);
    if (match === null) return { unknownAt: at };
    const [whole, string, number, word, sign = ''] = match;
    at += whole.length;
    if (string !== undefined) tokens.push({ kind: 'string', text: unquote(string), at: at - string.length });
    else if (number !== undefined) tokens.push({ kind: 'number', text: number, at: at - number.length });
    else if (word !== undefined) tokens.push({ kind: 'word', text: word, at: at - word.length });
    else tokens.push({ kind: 'sign', text: sign, at: at - sign.length });
  }
  return { tokens: [...tokens, { kind: 'end', text: 'the end', at: end }] };
}
