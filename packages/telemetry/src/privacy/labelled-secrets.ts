import { ends, type Place, valueAt } from './labelled-values.ts';
import type { KeyRules } from './sensitive-keys.ts';

/** What may close the quotes around a label, as it is, escaped, and encoded for URLs, JSON and HTML. */
const CLOSE = `(?:\\\\{0,3}["'\`]|\\\\u0022|%(?:25)*2[27]|&(?:quot|apos|#34|#39);|[”’»])`;
const GAP = '[ \\t\\u00a0]{0,8}';
/** Every way to say that a value follows: assignments, comparisons, defaults, arrows, of programming languages and configuration files. */
const OPERATOR = [
  '::?=|:(?!:)|=(?:==?|>|~)?|!==?|->|<-|[?+.~^*$|<>-]=|\\|\\|=?|\\?\\?=?|&&=|&gt;|：|＝|→|⇒',
  '%(?:25)*3[ad](?:%(?:25)*3[ad]){0,2}|\\\\u003[ad]|&#(?:58|61);',
].join('|');
/** Between a label and its operator, as in `var token string = "x"` and `token: string = "x"`. */
const TYPE = `(?::?[ \\t]{0,4}&?(?:string|str|text|char|any)\\b(?:\\[\\]|\\?)?[ \\t]{0,8}(?==))?`;
const ASSIGNMENT = new RegExp(`${CLOSE}?(?:\\[\\]|\\]|%5[bd]|\\)){0,3}[?!]?${GAP}${TYPE}(?:${OPERATOR})${GAP}`, 'iy');
/** `name="password" value="x"`, `{ "name": "password", "value": "x" }`, `name=password&value=x`: further attributes may stand between. */
const ATTRIBUTE = `[\\s,;]{1,8}${CLOSE}?[\\w-]{1,30}${CLOSE}?\\s?[:=]\\s?(?:"[^"]{0,100}"|'[^']{0,100}'|[\\w./-]{1,60})`;
const VALUE_OF_PAIR = new RegExp(
  `${CLOSE}?(?:${ATTRIBUTE}){0,4}?[\\s,;&/]{0,10}${CLOSE}?(?:value|val|content|v|data)${CLOSE}?\\s{0,4}(?:=>|[:=])\\s{0,4}`,
  'iy',
);
/** `<key>password</key><string>x</string>` */
const NEXT_ELEMENT = /<\/[\w:.-]{1,40}>\s{0,20}<[\w:.-]{1,40}>/y;
/** `["x-api-key", "x"]`, `setHeader('x-api-key', 'x')` */
const NEXT_ITEM = new RegExp(
  `${CLOSE}\\s{0,8},\\s{0,8}(?=[bru]?(?:\\\\{0,3}["'\`]|\\\\u0022|%(?:25)*2[27]|&(?:quot|apos|#34|#39);))`,
  'y',
);
const ELEMENT = /(?:\s[^<>]{0,200})?(?<!\/)>|(?:\s(?:(?!&[lg]t;)[^<>]){0,200})?&gt;/y;
/** What may follow the name of an element: its namespace's part, attributes, its end. */
const NAME_OF_ELEMENT = /^(?::[\w.-]{1,60})?(?:\/?>|&gt;|\s{1,8}(?:[A-Za-z_][\w:.-]{0,60}\s?=(?!=)|\/?>|&gt;))/;
/** `<entry key="password">x</entry>` */
const REST_OF_TAG = new RegExp(`${CLOSE}(?:\\s[^<>]{0,200})?(?<!/)>`, 'y');
/** A part of a form with several: `name="password"`, further headers, an empty line. */
const REST_OF_HEADERS = new RegExp(
  `${CLOSE}(?:;[^\\r\\n]{0,200})?\\r?\\n(?:[\\w-]{1,40}:[^\\r\\n]{0,200}\\r?\\n){0,3}\\r?\\n`,
  'y',
);
/** "sessions: 12" counts them. */
const PLURAL = /(?:tokens|sessions|cookies|secrets|passwords)$/i;
const COUNT = /^\d{1,7}$/;
const SPACE = /[ \t]{1,4}(?!-)(?=\S)/y;
const SPACE_AND_QUOTE = /[ \t]{1,4}(?=["'`])/y;
const PASSWORD = /(?:password|passwd|pwd)(?: is| was)?$/i;

/** What of a label follows the word by which it was found. */
const LABEL_REST =
  /[\w$]{0,40}(?:[.-][\w$]{1,40}){0,4}(?: (?:number|num|no|nr|code|id|key|hash|header|is|was)\b| (?:for|of)(?: user)? [\w.@-]{1,40}(?=:))?/iy;
const LABEL_CHARACTER = /[\w$.-]/;
const LONGEST_START = 64;

/**
 * Replaces what stands behind a secret label in a text: `password=x`, `token := "x"`, `"apiKey": "x"`, `<secret>x</secret>`, `--password x`,
 * `name="pin" value="x"`, `Cookie: a=b; c=d`; in quotes, escaped, and URL-encoded.
 */
export function scrubLabelled(text: string, keys: KeyRules, replacement: string): string {
  let result = '';
  let copied = 0;
  keys.inText.lastIndex = 0;
  for (let match = keys.inText.exec(text); match; match = keys.inText.exec(text)) {
    const start = labelStart(text, match.index, copied);
    LABEL_REST.lastIndex = keys.inText.lastIndex;
    LABEL_REST.exec(text);
    const end = Math.max(LABEL_REST.lastIndex, keys.inText.lastIndex);
    const label = text.slice(start, end);
    const place = placeOfValue(text, start, end, label);
    if (place === undefined || !keys.isSensitiveLabel(label)) {
      keys.inText.lastIndex = Math.max(end, keys.inText.lastIndex);
      continue;
    }
    const [from, to] = valueAt(text, place.at, { label, start, replacement, ...place });
    if (from < to && !(PLURAL.test(label) && COUNT.test(text.slice(from, to)))) {
      result += text.slice(copied, from) + replacement;
      copied = to;
    }
    keys.inText.lastIndex = Math.max(to, place.at);
  }
  return copied === 0 ? text : result + text.slice(copied);
}

function labelStart(text: string, index: number, floor: number): number {
  let start = index;
  const lowest = Math.max(floor, index - LONGEST_START);
  while (start > lowest && LABEL_CHARACTER.test(text[start - 1] ?? '')) start--;
  return start;
}

function placeOfValue(text: string, start: number, end: number, label: string): Place | undefined {
  const isTag =
    text[start - 1] === '<' ||
    (text[start - 1] === ':' && /<[\w-]{1,40}:$/.test(text.slice(Math.max(0, start - 42), start)));
  const isElement = isTag || text.startsWith('&lt;', start - 4);
  // `<token=x>` is a text in angle brackets.
  if (isElement && NAME_OF_ELEMENT.test(text.slice(end, end + LONGEST_START)) && !label.startsWith('-')) {
    const at = ends(VALUE_OF_PAIR, text, end);
    if (at !== undefined) return { at, isQuoted: true, isElement: false, isSpaced: false };
    const content = ends(ELEMENT, text, end);
    return content === undefined ? undefined : { at: content, isQuoted: false, isElement: true, isSpaced: false };
  }
  const assigned = ends(ASSIGNMENT, text, end);
  if (assigned !== undefined) {
    const separator = text.slice(end, assigned);
    return {
      at: assigned,
      isQuoted: /^(?:\\*["'`”’»]|%|&[qa#]|\\u0022)/.test(separator),
      isElement: false,
      isSpaced: /[\s\u00a0]$/.test(separator),
    };
  }
  const plain = { isQuoted: true, isElement: false, isSpaced: false };
  const paired = ends(VALUE_OF_PAIR, text, end) ?? ends(NEXT_ITEM, text, end);
  if (paired !== undefined) return { at: paired, ...plain };
  const isAttribute = /[=\s]/.test(text[start - 2] ?? '');
  const element = ends(NEXT_ELEMENT, text, end) ?? (isAttribute ? ends(REST_OF_TAG, text, end) : undefined);
  if (element !== undefined) return { at: element, ...plain, isElement: true };
  const part = isAttribute ? ends(REST_OF_HEADERS, text, end) : undefined;
  if (part !== undefined) return { at: part, ...plain, isQuoted: false, isLine: true };
  const spaced = label.startsWith('-') ? SPACE : PASSWORD.test(label) ? SPACE_AND_QUOTE : undefined;
  const at = spaced && ends(spaced, text, end);
  return at === undefined ? undefined : { at, ...plain, isQuoted: false };
}
