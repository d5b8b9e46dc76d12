import { type EnvelopeText, withoutPeople } from './envelope.ts';
import { ErasureList } from './erasure-list.ts';
import type { LaneDefinition } from './lanes.ts';
import { joinRecords, splitRecords } from './record-text.ts';

const QUOTE = '"';
const QUOTE_CODE = 0x22;
const COLON = 0x3a;
/** What stands between two quotation marks, whether the first opens or closes a text: one of them may be lost; no id is longer. */
const QUOTED = /"((?:[^"\\]|\\.){0,1600})(?=")/g;
/** Other numbers, such as that of a line, name nobody. */
const NUMBER = /(?:["_.-]id|Id)"\s*:\s*(-?\d+)(?=\s*[,}\]])/g;
const DIGITS = /-?\d+(?![\d.])/y;
/** Where records hold the ids of people. */
export interface PersonIds {
  /** Fields whose text or number is a person's id, at any depth of a record. */
  readonly fields: Iterable<string>;
  /** Returns the other texts that stand for the person with an id, wherever the id may be, such as its hash. */
  readonly aliasesOf?: (id: string) => readonly string[];
  /**
   * Returns the other ids under which a receiver knows the person with this id.
   *
   * @param field the field that holds the id; `undefined` where the field is not known, as in an error or a damaged file.
   */
  readonly otherForms?: (id: string, field: string | undefined) => readonly string[];
}

const NONE: readonly string[] = [];

interface ErasureOptions {
  readonly root: string | undefined;
  readonly personIds: PersonIds;
  readonly warn: (message: string) => void;
}

/** A body without the erased people. */
export interface Filtered {
  readonly text: string;
  readonly records: number;
  readonly removed: number;
}

/** Finds the erased people in records. A record mentions a person whose id one of the fields holds; an envelope, one that holds it anywhere. */
export class Erasure {
  readonly list: ErasureList;
  readonly #fields: ReadonlySet<string>;
  readonly #otherForms: NonNullable<PersonIds['otherForms']>;

  constructor({ root, personIds, warn }: ErasureOptions) {
    const { fields, aliasesOf = () => NONE, otherForms = () => NONE } = personIds;
    this.list = new ErasureList({ root, aliasesOf, warn });
    this.#fields = new Set(fields);
    this.#otherForms = otherForms;
  }

  /** Whether a record, as JSON, mentions an erased person. */
  mentions(json: string): boolean {
    if (this.list.isEmpty) return false;
    // Where nothing is escaped, every quotation mark begins or ends a text: no need to parse it.
    return json.includes('\\') ? this.#mentionsIn(JSON.parse(json), '') : this.#mentionsQuoted(json);
  }

  /** Whether an erased person's id stands anywhere in a text, which may be damaged or a piece of another. */
  mentionsAnywhere(text: string): boolean {
    if (this.list.isEmpty) return false;
    for (const [, quoted = ''] of text.matchAll(QUOTED)) if (this.#names(unescaped(quoted), undefined)) return true;
    for (const [, number = ''] of text.matchAll(NUMBER)) if (this.list.has(number)) return true;
    return false;
  }

  /** An error is worth keeping without the person to whom it happened. */
  anonymous(envelope: EnvelopeText): EnvelopeText {
    return this.list.isEmpty ? envelope : withoutPeople(envelope, this.list.has);
  }

  /** What is left of a body; `undefined` when nothing has to be removed. */
  filter(definition: LaneDefinition, text: string, records: number): Filtered | undefined {
    const { format, requestsErasure, isErasureRequest } = definition;
    if (requestsErasure || this.list.isEmpty) return undefined;
    if (format === 'envelope') {
      const rest = this.anonymous(text);
      return rest === text ? undefined : { text: rest, records, removed: 0 };
    }
    const all = splitRecords(text, records);
    const kept = all.filter((record) => isErasureRequest?.(record) || !this.mentions(record));
    if (kept.length === all.length) return undefined;
    return { text: joinRecords(kept), records: kept.length, removed: all.length - kept.length };
  }

  #mentionsQuoted(json: string): boolean {
    let key = '';
    for (let from = json.indexOf(QUOTE); from !== -1; ) {
      const to = json.indexOf(QUOTE, from + 1);
      if (to === -1) return false;
      if (json.charCodeAt(to + 1) === COLON) {
        key = json.slice(from + 1, to);
        if (json.charCodeAt(to + 2) !== QUOTE_CODE && this.#fields.has(key) && this.#isNumber(json, to + 2))
          return true;
      } else if (this.#fields.has(key) && this.#names(json.slice(from + 1, to), key)) return true;
      from = json.indexOf(QUOTE, to + 1);
    }
    return false;
  }

  #mentionsIn(value: unknown, key: string): boolean {
    if (typeof value === 'string' || typeof value === 'number')
      return this.#fields.has(key) && this.#names(String(value), key);
    if (typeof value !== 'object' || value === null) return false;
    if (Array.isArray(value)) return value.some((item) => this.#mentionsIn(item, key));
    return Object.entries(value).some(([name, inner]) => this.#mentionsIn(inner, name));
  }

  /** Whether a number begins there that is the id of an erased person. */
  #isNumber(json: string, at: number): boolean {
    DIGITS.lastIndex = at;
    const [digits] = DIGITS.exec(json) ?? [];
    return digits !== undefined && this.list.has(digits);
  }

  #names(value: string, field: string | undefined): boolean {
    return this.list.has(value) || this.#otherForms(value, field).some(this.list.has);
  }
}

function unescaped(quoted: string): string {
  if (!quoted.includes('\\')) return quoted;
  try {
    return String(JSON.parse(`"${quoted}"`));
  } catch {
    return quoted;
  }
}
