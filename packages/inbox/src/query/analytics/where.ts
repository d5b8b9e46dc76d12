import { ownEntry } from '../../collections.ts';
import type { JsonObject } from '../../store/records.ts';
import { ParameterError } from './parameters.ts';

const SUPPORTED =
  'properties["x"] with ==, !=, <, <=, >, >= and a literal, properties["x"] in ["a", "b"], "a" in properties["x"], ' +
  'defined(properties["x"]), joined by and, or, not and parentheses';

/**
 * Reads a filter on the event's own properties: the part of the vendor's segmentation expressions that needs no
 * arithmetic, typecasts or profiles.
 * @see https://docs.mixpanel.com/reference/segmentation-expressions
 * @param parameter - named by the error
 * @throws ParameterError that says what is supported.
 */
export function parseWhere(parameter: string, text: string): Condition {
  const split = tokensOf(text);
  if ('unknownAt' in split) throw notSupported(parameter, text, split.unknownAt);
  const parser = new Parser(split.tokens, (token) => notSupported(parameter, text, token.at));
  return parser.parse();
}

function notSupported(parameter: string, text: string, at: number): ParameterError {
  const from = text.slice(at).trim() || 'the end';
  return new ParameterError(parameter, `is not understood from "${from}" on; supported are ${SUPPORTED}`);
}

/** Recursive descent; `or` binds weakest, `not` strongest. */
class Parser {
  readonly #tokens: readonly Token[];
  readonly #fail: (token: Token) => ParameterError;
  #next = 0;

  constructor(tokens: readonly Token[], fail: (token: Token) => ParameterError) {
    this.#tokens = tokens;
    this.#fail = fail;
  }

  parse(): Condition {
    const condition = this.#either();
    if (this.#token.kind !== 'end') throw this.#fail(this.#token);
    return condition;
  }

  #either(): Condition {
    let left = this.#both();
    while (this.#skip('or')) {
      const [first, second] = [left, this.#both()];
      left = (properties) => first(properties) || second(properties);
    }
    return left;
  }

  #both(): Condition {
    let left = this.#negatable();
    while (this.#skip('and')) {
      const [first, second] = [left, this.#negatable()];
      left = (properties) => first(properties) && second(properties);
    }
    return left;
  }

  #negatable(): Condition {
    if (!this.#skip('not')) return this.#simple();
    const condition = this.#negatable();
    return (properties) => !condition(properties);
  }

  #simple(): Condition {
    if (this.#skip('(')) {
      const condition = this.#either();
      this.#expect(')');
      return condition;
    }
    if (this.#skip('defined')) {
      this.#expect('(');
      const name = this.#property();
      this.#expect(')');
      return (properties) => propertyOf(properties, name) !== undefined;
    }
    if (this.#token.text === 'properties' && this.#token.kind === 'word') return this.#aboutProperty();
    const item = this.#literal();
    this.#expect('in');
    return memberOf(item, this.#property());
  }

  #aboutProperty(): Condition {
    const name = this.#property();
    const operator = this.#token;
    if (this.#skip('in')) return membership(name, this.#list());
    this.#next += 1;
    const operand = this.#token;
    const condition = comparison(name, operator.text, this.#literal());
    if (condition === undefined) throw this.#fail(operator.kind === 'sign' ? operand : operator);
    return condition;
  }

  #property(): string {
    this.#expect('properties');
    this.#expect('[');
    const name = this.#token;
    if (name.kind !== 'string') throw this.#fail(name);
    this.#next += 1;
    this.#expect(']');
    return name.text;
  }

  #list(): Literal[] {
    this.#expect('[');
    const items = [this.#literal()];
    while (this.#skip(',')) items.push(this.#literal());
    this.#expect(']');
    return items;
  }

  #literal(): Literal {
    const token = this.#token;
    this.#next += 1;
    if (token.kind === 'string') return token.text;
    if (token.kind === 'number') return Number(token.text);
    if (token.kind === 'word' && (token.text === 'true' || token.text === 'false')) return token.text === 'true';
    throw this.#fail(token);
  }

  get #token(): Token {
    return this.#tokens[this.#next] ?? { kind: 'end', text: 'the end', at: Number.MAX_SAFE_INTEGER };
  }

  #skip(text: string): boolean {
    const token = this.#token;
    const found = token.text === text && (token.kind === 'word' || token.kind === 'sign');
    if (found) this.#next += 1;
    return found;
  }

  #expect(text: string): void {
    if (!this.#skip(text)) throw this.#fail(this.#token);
  }
}

/** What a filter asks of the properties of an event. */
export type Condition = (properties: JsonObject) => boolean;

/** A value that a filter compares with. */
type Literal = string | number | boolean;

const COMPARISONS: Readonly<Record<string, (value: unknown, literal: Literal) => boolean>> = {
  '==': (value, literal) => value === literal,
  '!=': (value, literal) => value !== literal,
  '<': (value, literal) => Number(value) < Number(literal),
  '<=': (value, literal) => Number(value) <= Number(literal),
  '>': (value, literal) => Number(value) > Number(literal),
  '>=': (value, literal) => Number(value) >= Number(literal),
};

/**
 * Types must agree, as the vendor casts only when told to. A property that is not set equals nothing, so that `!=` is true
 * of it (not stated by the vendor). @returns undefined when there is no such comparison
 */
function comparison(name: string, operator: string, literal: Literal): Condition | undefined {
  const holds = ownEntry(COMPARISONS, operator);
  const isOrder = operator !== '==' && operator !== '!=';
  if (holds === undefined || (isOrder && typeof literal !== 'number')) return undefined;
  return (properties) => {
    const value = propertyOf(properties, name);
    return (!isOrder || typeof value === 'number') && holds(value, literal);
  };
}

/** True when the value is one of the list. */
function membership(name: string, list: readonly Literal[]): Condition {
  const values = new Set<unknown>(list);
  return (properties) => values.has(propertyOf(properties, name));
}

/** True when the item is in the property: a part of its text, or one of its list. */
function memberOf(item: Literal, name: string): Condition {
  return (properties) => {
    const value = propertyOf(properties, name);
    if (Array.isArray(value)) return value.includes(item);
    return typeof value === 'string' && typeof item === 'string' && value.includes(item);
  };
}

/** A piece of an expression; `text` of a string is what stands between its quotes. */
interface Token {
  readonly kind: 'string' | 'number' | 'word' | 'sign' | 'end';
  readonly text: string;
  /** Where it begins, for messages. */
  readonly at: number;
}

const PATTERN =
  /\s*(?:("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|([A-Za-z_]\w*)|(==|!=|>=|<=|[<>()[\],]))/sy;

/** Splits an expression; undefined with the place of what is no token. */
function tokensOf(text: string): { readonly tokens: readonly Token[] } | { readonly unknownAt: number } {
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

/** What an event has under a name of its own; undefined when it has nothing, or null, which counts as not set. */
function propertyOf(properties: JsonObject, name: string): unknown {
  return Object.hasOwn(properties, name) ? (properties[name] ?? undefined) : undefined;
}

/** How the segment of events without the property is called. */
const NOT_SET = 'undefined';

/**
 * The segments that an event belongs to: its value as text, each item of a list on its own.
 * @see https://docs.mixpanel.com/docs/data-structure/property-reference/data-type#list-property-support
 */
export function segmentsOf(properties: JsonObject, name: string): readonly string[] {
  const value = propertyOf(properties, name);
  if (!Array.isArray(value)) return [textOf(value)];
  return value.length === 0 ? [NOT_SET] : [...new Set(value.map(textOf))];
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return NOT_SET;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/**
 * The property that `on` names: `properties["country"]` as the vendor writes it, or plain `country`.
 * @throws ParameterError for another expression.
 */
export function propertyNamed(on: string): string {
  const quoted = /^\s*properties\[\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')\s*\]\s*$/.exec(on)?.[1];
  if (quoted !== undefined) return unquote(quoted);
  if (on.trim() === '' || /[()[\]"']/.test(on))
    throw new ParameterError('on', `must be properties["name"] or the name of a property, got ${on}`);
  return on.trim();
}

/** The text of a quoted literal: a backslash makes the next character plain. */
function unquote(quoted: string): string {
  return quoted.slice(1, -1).replace(/\\(.)/gs, '$1');
}
