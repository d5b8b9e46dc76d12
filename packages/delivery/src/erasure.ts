import { createHmac, randomBytes } from 'node:crypto';
import { appendFileSync, constants, linkSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { joinRecords, parseJson, splitRecords, withoutPeople } from './body.ts';
import { type LaneDefinition, reasonOf } from './lanes.ts';
import { isMissing, readRegular, readTextIfAny, readTextSync, withRegularSync } from './spool/files.ts';

const LIST = 'forgotten.ndjson';
const KEY = 'forgotten.key';
const KEY_BYTES = 32;
/** The files of an erasure list in a spool's root. */
export const ERASURE_FILES: readonly string[] = [LIST, KEY];
const ENTRY = /^\d+ [\w-]{43}$/;
/** Delay before writing the list again after the disk refused. */
const RETRY_MS = 1000;
/** Other processes' additions are looked for at most this often. */
const REFRESH_MS = 500;
/** Ids whose hash is remembered: owners of codes appear in event after event. */
const MAX_REMEMBERED = 1000;

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
  /** The spool's root; `undefined`: for this process only. */
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

  /** Whether a record must neither be sent nor kept, because it names an erased person without asking for that person's erasure. */
  forbids(definition: LaneDefinition | undefined, record: string): boolean {
    if (this.list.isEmpty || definition?.requestsErasure || definition?.isErasureRequest?.(record)) return false;
    return definition && definition.format !== 'envelope' ? this.#mentions(record) : this.mentionsAnywhere(record);
  }

  /** Whether an erased person's id stands anywhere in a text, which may be damaged or a piece of another. */
  mentionsAnywhere(text: string): boolean {
    if (this.list.isEmpty) return false;
    for (const [, quoted = ''] of text.matchAll(QUOTED)) if (this.#names(unescaped(quoted), undefined)) return true;
    for (const [, number = ''] of text.matchAll(NUMBER)) if (this.list.has(number)) return true;
    return false;
  }

  /** An error is worth keeping without the person to whom it happened. */
  anonymous(envelope: string): string {
    return this.list.isEmpty ? envelope : withoutPeople(envelope, this.list.has);
  }

  /** What is left of a body; `undefined` when nothing has to be removed. */
  filter(definition: LaneDefinition, text: string, records: number): Filtered | undefined {
    if (definition.requestsErasure || this.list.isEmpty) return undefined;
    if (definition.format === 'envelope') {
      const rest = this.anonymous(text);
      return rest === text ? undefined : { text: rest, records, removed: 0 };
    }
    const all = splitRecords(text, records);
    const kept = all.filter((record) => !this.forbids(definition, record));
    if (kept.length === all.length) return undefined;
    return { text: joinRecords(kept), records: kept.length, removed: all.length - kept.length };
  }

  #mentions(json: string): boolean {
    // Where nothing is escaped, every quotation mark begins or ends a text: no need to parse it.
    return json.includes('\\') ? this.#mentionsIn(JSON.parse(json), '') : this.#mentionsQuoted(json);
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

type ErasureListOptions = Omit<ErasureOptions, 'personIds'> & Required<Pick<PersonIds, 'aliasesOf'>>;

/**
 * The people who were erased and must not appear in anything that is sent, shared by all processes of a spool. An entry is the length of an id
 * and its keyed hash, so the list itself names nobody. An e-mail address stands for its other spellings and its hash as well, and the hash for it.
 *
 * An id counts from the moment it is added. Where the disk refuses, the list is written as soon as it does not.
 */
export class ErasureList {
  readonly #options: ErasureListOptions;
  readonly #entries = new Set<string>();
  /** Texts of other lengths need not be hashed. */
  readonly #lengths = new Set<number>();
  readonly #remembered = new Map<string, boolean>();
  /** Ids that are not on disk yet: under another process's key their hashes would be others. */
  readonly #unwritten = new Set<string>();
  #key: Buffer | undefined;
  #version = 0;
  #retryTimer: NodeJS.Timeout | undefined;
  #refreshedAt = Number.NEGATIVE_INFINITY;
  #fileSize = -1;

  constructor(options: ErasureListOptions) {
    this.#options = options;
    if (options.root === undefined) return;
    // What cannot be read now is read at the next refresh.
    const [key, list] = [KEY, LIST].map((name) => readTextIfAny(join(options.root ?? '', name)));
    this.#load(key, list);
  }

  /** Grows with every person; what was checked against an older version must be checked again. */
  get version(): number {
    return this.#version;
  }

  get isEmpty(): boolean {
    return this.#version === 0;
  }

  /** Whether the disk has the whole list. */
  get isWritten(): boolean {
    return this.#unwritten.size === 0;
  }

  readonly has = (text: string): boolean =>
    this.#holds(text) || this.#options.aliasesOf(text).some((form) => this.#holds(form));

  #holds(text: string): boolean {
    if (!this.#lengths.has(text.length) || this.#key === undefined) return false;
    const known = this.#remembered.get(text);
    if (known !== undefined) return known;
    const isErased = this.#entries.has(entryOf(text, this.#key));
    if (this.#remembered.size >= MAX_REMEMBERED) this.#remembered.clear();
    this.#remembered.set(text, isErased);
    return isErased;
  }

  /** Adds a person. Never throws. */
  add(id: string): void {
    const forms = [id, ...this.#options.aliasesOf(id)].filter((form) => !this.#holds(form));
    if (forms.length === 0) return;
    this.#key ??= randomBytes(KEY_BYTES);
    for (const form of forms) {
      this.#unwritten.add(form);
      this.#keep(entryOf(form, this.#key));
    }
    this.#write();
  }

  /** Reads what other processes have added. Never rejects: what cannot be read now is read the next time. */
  async refresh(): Promise<void> {
    const { root } = this.#options;
    const now = performance.now();
    if (root === undefined || now - this.#refreshedAt < REFRESH_MS) return;
    this.#refreshedAt = now;
    try {
      const { size } = await stat(join(root, LIST));
      if (size === this.#fileSize) return;
      const [key, list] = await Promise.all(
        [KEY, LIST].map((name) => readRegular(join(root, name), Number.POSITIVE_INFINITY)),
      );
      this.#fileSize = size;
      this.#load(key?.toString(), list?.toString());
    } catch (error) {
      // Without a spool folder there is no list in it.
      if (!isMissing(error) && (error as NodeJS.ErrnoException).code !== 'ENOTDIR') this.#warn(error, 'read');
    }
  }

  close(): void {
    clearTimeout(this.#retryTimer);
    if (this.#unwritten.size > 0) this.#write();
    clearTimeout(this.#retryTimer);
  }

  #load(keyText: string | undefined, list: string | undefined): void {
    const key = parseKey(keyText);
    // Until our own key is on disk the one that is there counts.
    if (key && this.#key && !key.equals(this.#key)) this.#rekey(key);
    this.#key ??= key;
    for (const line of (list ?? '').split('\n')) {
      const entry = parseEntry(line);
      if (entry !== undefined) this.#keep(entry);
    }
  }

  #rekey(key: Buffer): void {
    this.#key = key;
    this.#entries.clear();
    for (const id of this.#unwritten) this.#entries.add(entryOf(id, key));
    this.#remembered.clear();
    this.#version++;
  }

  #keep(entry: string): void {
    if (this.#entries.has(entry)) return;
    this.#entries.add(entry);
    this.#lengths.add(Number(entry.slice(0, entry.indexOf(' '))));
    this.#remembered.clear();
    this.#version++;
  }

  /** The key first: entries whose key is lost would erase nobody after a restart. */
  #write(): void {
    clearTimeout(this.#retryTimer);
    const { root } = this.#options;
    if (root === undefined) return this.#unwritten.clear();
    try {
      const key = keyOnDisk(root, this.#key ?? randomBytes(KEY_BYTES));
      if (!this.#key?.equals(key)) this.#rekey(key);
      // Begins a line of its own: a full disk may have cut off the last one.
      const lines = [...this.#unwritten].map((id) => `${JSON.stringify(entryOf(id, key))}\n`);
      const { O_WRONLY, O_APPEND, O_CREAT } = constants;
      withRegularSync(join(root, LIST), O_WRONLY | O_APPEND | O_CREAT, (fd) =>
        appendFileSync(fd, `\n${lines.join('')}`),
      );
      this.#unwritten.clear();
    } catch (error) {
      this.#warn(error, 'written');
      this.#retryTimer = setTimeout(() => this.#write(), RETRY_MS).unref();
    }
  }

  #warn(error: unknown, what: string): void {
    this.#options.warn(
      `The erasure list in ${this.#options.root} cannot be ${what} (${reasonOf(error)}). It is tried again every second; this process refuses the erased people meanwhile.`,
    );
  }
}

function unescaped(quoted: string): string {
  return quoted.includes('\\') ? String(parseJson(`"${quoted}"`) ?? quoted) : quoted;
}

function entryOf(id: string, key: Buffer): string {
  return `${id.length} ${createHmac('sha256', key).update(id).digest('base64url')}`;
}

/** `undefined` for a torn or damaged line. */
function parseEntry(line: string): string | undefined {
  const entry = parseJson(line);
  return typeof entry === 'string' && ENTRY.test(entry) ? entry : undefined;
}

function parseKey(text: string | undefined): Buffer | undefined {
  return text !== undefined && /^[0-9a-f]{64}$/.test(text.trim()) ? Buffer.from(text.trim(), 'hex') : undefined;
}

/**
 * The key of a spool: the one that is there, else ours, linked into place so that nobody reads half of it.
 *
 * @throws when the disk refuses.
 */
function keyOnDisk(root: string, ours: Buffer): Buffer {
  const path = join(root, KEY);
  mkdirSync(root, { recursive: true, mode: 0o700 });
  const found = readExisting(path);
  const known = parseKey(found);
  if (known) return known;
  // What is there is no key. It is kept for people to look at: the entries made with it name nobody any more.
  if (found !== undefined) renameSync(path, `${path}.corrupted`);
  const draft = `${path}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    writeFileSync(draft, ours.toString('hex'), { mode: 0o600 });
    linkSync(draft, path);
  } catch (error) {
    // Another process was faster.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  const key = parseKey(readExisting(path));
  if (!key) throw new Error(`${path} holds no key`);
  return key;
}

function readExisting(path: string): string | undefined {
  try {
    return readTextSync(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
