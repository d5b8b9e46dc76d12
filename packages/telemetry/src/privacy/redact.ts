import { isNoSecret } from './labelled-values.ts';
import { REDACTED } from './rules.ts';
import { MAX_TEXT_LENGTH } from './scrub-text.ts';
import { MAX_KEY_LENGTH } from './sensitive-keys.ts';

/** Deeper values are replaced: hostile nesting must not cost more than honest data. */
const MAX_DEPTH = 12;
/** More entries of one object or list are cut off, for the same reason. */
const MAX_ENTRIES = 1000;
/** Of one value in all: values and characters. Sentry takes events of up to 1 MiB. */
const MAX_VALUES = 50_000;
const MAX_CHARACTERS = 524_288;
/** Keys repeat, so what was found out about one is kept. */
const MAX_REMEMBERED_KEYS = 2000;

/** The parts that {@link createRedact} is made of. */
export interface RedactParts {
  readonly scrubText: (text: string) => string;
  readonly isSensitive: (key: string) => boolean;
  /** Returns what stands for a text that is not searched, such as an id of the SDK; `undefined` for every other text. @default none */
  readonly replace?: (key: string, text: string) => string | undefined;
}

/** Makes the function that copies any value without its secrets. */
export function createRedact({
  scrubText,
  isSensitive,
  replace = () => undefined,
}: RedactParts): (value: unknown) => unknown {
  const known = new Map<string, { readonly name: string; readonly isSecret: boolean }>();
  return (value) => copy(value, '', 0, { values: MAX_VALUES, characters: MAX_CHARACTERS, ancestors: new Set() });

  function copy(value: unknown, key: string, depth: number, walk: Walk): unknown {
    if (walk.values-- <= 0) return '[cut]';
    if (typeof value === 'string') return copyText(value, key, walk);
    if (typeof value === 'number') return isHarmless(value, key) ? value : scrubText(String(value));
    if (typeof value === 'bigint') return copyText(value.toString(), key, walk);
    if (typeof value === 'function' || typeof value === 'symbol') return undefined;
    if (typeof value !== 'object' || value === null) return value;
    if (walk.ancestors.has(value)) return '[circular]';
    if (depth >= MAX_DEPTH) return '[deep]';
    walk.ancestors.add(value);
    try {
      return copyObject(value, key, depth + 1, walk);
    } catch {
      // A proxy or a getter refused; what cannot be read cannot be shown to be harmless.
      return '[unreadable]';
    } finally {
      walk.ancestors.delete(value);
    }
  }

  function copyText(text: string, key: string, walk: Walk): string {
    const replacement = isPlainId(key, text) ? text : replace(key, text);
    if (replacement !== undefined) return replacement;
    walk.characters -= Math.min(text.length, MAX_TEXT_LENGTH);
    return walk.characters < 0 ? '[cut]' : scrubText(text);
  }

  function copyObject(value: object, key: string, depth: number, walk: Walk): unknown {
    if (Array.isArray(value)) return copyList(value, key, depth, walk);
    if (value instanceof Set) return copyList(take(value), key, depth, walk);
    if (value instanceof Map) return copyEntries(take(value), depth, walk);
    if (value instanceof Date) return new Date(value.getTime());
    if (value instanceof Error) return copyEntries([...errorParts(value), ...ownEntries(value)], depth, walk);
    if (value instanceof String || value instanceof Number) return copy(value.valueOf(), key, depth, walk);
    if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`;
    // URLs and their parameters: no type for them is known to both Node and browsers here.
    if (/^URL/.test(value.constructor?.name ?? '')) return copyText(String(value), key, walk);
    return copyEntries(ownEntries(value), depth, walk);
  }

  function copyList(list: readonly unknown[], key: string, depth: number, walk: Walk): unknown[] {
    const items = list.slice(0, MAX_ENTRIES);
    // `["x-api-key", "x"]`, and the raw headers of a request: names and values in turn.
    const isPairs = items.length > 0 && items.length % 2 === 0 && items.every((item) => typeof item === 'string');
    return items.map((item, at) => {
      const name = isPairs && at % 2 === 1 ? items[at - 1] : undefined;
      return name !== undefined && hides(String(name), item) ? REDACTED : copy(item, key, depth, walk);
    });
  }

  function copyEntries(entries: Iterable<readonly [unknown, unknown]>, depth: number, walk: Walk) {
    const result: Record<string, unknown> = {};
    let named: unknown;
    for (const [key, value] of entries) {
      const { name, isSecret } = knowledgeOf(typeof key === 'string' ? key : String(copy(key, '', depth, walk)));
      if (name === '__proto__') continue;
      result[name] = isSecret && !isKnown(name, value) ? REDACTED : copy(value, name, depth, walk);
      if (typeof value === 'string' && NAME_OF_PAIR.test(name)) named = value;
    }
    // `{ name: 'password', value: 'x' }`
    if (typeof named === 'string') {
      for (const name of Object.keys(result)) {
        if (VALUE_OF_PAIR.test(name) && hides(named, result[name])) result[name] = REDACTED;
      }
    }
    return result;
  }

  function isKnown(key: string, value: unknown): boolean {
    return typeof value === 'string' && (isNoSecret(value) || replace(key, value) !== undefined);
  }

  function hides(name: string, value: unknown): boolean {
    return name.length <= MAX_KEY_LENGTH && knowledgeOf(name).isSecret && !isKnown(name, value);
  }

  function knowledgeOf(key: string) {
    let knowledge = known.get(key);
    if (knowledge === undefined) {
      knowledge = { name: scrubText(key.slice(0, MAX_KEY_LENGTH)), isSecret: isSensitive(key) };
      if (known.size >= MAX_REMEMBERED_KEYS) known.clear();
      known.set(key, knowledge);
    }
    return knowledge;
  }

  /** Whole numbers can be card numbers too. */
  function isHarmless(value: number, key: string): boolean {
    const isShort = value < 1e11 || !Number.isSafeInteger(value);
    return isShort || isPlainId(key, String(value)) || scrubText(String(value)) === String(value);
  }
}

const NAME_OF_PAIR = /^(?:name|key|k|header|field|id|type)$/i;
const VALUE_OF_PAIR = /^(?:value|values|val|v|content|data|default)$/i;

/** Keys of ids and article numbers: a number there is one by name, whatever its check digit. */
const ID_KEY =
  /(?:^|[_.-])(?:ids?|ean|gtin|sku|upc|isbn|barcode)$|^(?:order|invoice|ticket|case|receipt|tracking|serial|article|item|product|customer|batch|ref(?:erence)?)[_.-]?(?:number|no|nr)$/i;
const CAMEL_CASE_ID = /[a-z\d](?:Ids?|IDs?|Ean|Sku)$/;
const NO_ID = /card|cc|account|iban|payment|phone|pan/i;

function isPlainId(key: string, text: string): boolean {
  if (text.length > 24 || !/^\d+$/.test(text) || NO_ID.test(key)) return false;
  return ID_KEY.test(key) || CAMEL_CASE_ID.test(key);
}

interface Walk {
  values: number;
  characters: number;
  readonly ancestors: Set<object>;
}

function* ownEntries(value: object): Generator<readonly [string, unknown]> {
  for (const key of Object.keys(value).slice(0, MAX_ENTRIES)) yield [key, read(value, key)];
}

function read(value: object, key: string): unknown {
  try {
    return (value as Record<string, unknown>)[key];
  } catch {
    return '[unreadable]';
  }
}

function errorParts(error: Error): [string, unknown][] {
  const { name, message, cause } = error;
  return [
    ['name', name],
    ['message', message],
    ...(cause === undefined ? [] : [['cause', cause] as [string, unknown]]),
  ];
}

function take<T>(values: Iterable<T>): T[] {
  const taken: T[] = [];
  for (const value of values) {
    if (taken.push(value) >= MAX_ENTRIES) break;
  }
  return taken;
}
