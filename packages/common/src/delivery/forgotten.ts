import { createHmac, randomBytes } from 'node:crypto';
import { appendFileSync, linkSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEAD_FOLDER, laneOfDeadLetters } from './dead-letters.ts';

/** Whether a text is the id of somebody who must not be spoken of. */
export type IsForgotten = (text: string) => boolean;

/**
 * People who must not appear in anything that is sent any more: a tombstone each, shared by all processes of a spool. A tombstone is a keyed
 * hash, so that the list of those who asked to be forgotten names none of them.
 */
export class Forgotten {
  readonly #root: string | undefined;
  readonly #tombstones = new Set<string>();
  /** Of the ids behind the tombstones: texts of other lengths need not be hashed. */
  readonly #lengths = new Set<number>();
  #key: Buffer | undefined;

  /** @param root the spool's root; `undefined`: for this process only. */
  constructor(root: string | undefined) {
    this.#root = root;
    this.reload();
  }

  /** Reads what other processes have added meanwhile; returns whether there was something new. */
  reload(): boolean {
    const before = this.#tombstones.size;
    // Here, so that nothing is read from the disk for an event.
    this.#key ??= this.#root === undefined ? undefined : readKey(this.#root);
    for (const line of readLines(this.#root)) this.#keep(line);
    return this.#tombstones.size > before;
  }

  get isEmpty(): boolean {
    return this.#tombstones.size === 0;
  }

  readonly has: IsForgotten = (text) =>
    this.#key !== undefined && this.#lengths.has(text.length) && this.#tombstones.has(tombstoneOf(text, this.#key));

  /** @throws when the tombstone cannot be written; it holds for this process all the same. */
  add(id: string): void {
    let problem: unknown;
    try {
      this.#key ??= keyIn(this.#root);
    } catch (error) {
      problem = error;
      this.#key = randomBytes(KEY_BYTES);
    }
    const tombstone = tombstoneOf(id, this.#key);
    if (this.#tombstones.has(tombstone)) return;
    this.#keep(tombstone);
    if (problem) throw problem;
    if (this.#root !== undefined)
      appendFileSync(join(this.#root, TOMBSTONES), `${JSON.stringify(tombstone)}\n`, { mode: 0o600 });
  }

  #keep(tombstone: string): void {
    this.#tombstones.add(tombstone);
    this.#lengths.add(Number(tombstone.split(' ')[0]));
  }
}

function tombstoneOf(id: string, key: Buffer): string {
  return `${id.length} ${createHmac('sha256', key).update(id).digest('base64url')}`;
}

const TOMBSTONES = 'forgotten.ndjson';
const KEY = 'forgotten.key';
const KEY_BYTES = 32;
/** What tells of the forgotten in a spool's root. */
export const FORGOTTEN_FILES: readonly string[] = [TOMBSTONES, KEY];
const TOMBSTONE = /^\d+ [\w-]{43}$/;

/** Whether a value speaks of somebody: under whatever property, for an owner's id stands in the scans of others. */
export function mentions(value: unknown, isForgotten: IsForgotten): boolean {
  if (typeof value === 'string') return isForgotten(value);
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([key, inner]) => isForgotten(key) || mentions(inner, isForgotten));
}

/** Removes the rejected records that speak of somebody. */
export function purgeDeadLetters(root: string | undefined, id: string): void {
  if (root === undefined) return;
  const folder = join(root, DEAD_FOLDER);
  for (const name of namesIn(folder).filter(laneOfDeadLetters)) {
    const file = join(folder, name);
    const lines = (read(file) ?? '').split('\n').filter((line) => line !== '');
    const kept = lines.filter((line) => !namesPerson(line, id));
    if (kept.length < lines.length) writeFileSync(file, kept.map((line) => `${line}\n`).join(''));
  }
}

/** Whether the line of a rejected record speaks of somebody; a torn one as well. */
export function namesPerson(line: string, id: string): boolean {
  return line.includes(JSON.stringify(id));
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function readKey(root: string): Buffer | undefined {
  const known = read(join(root, KEY));
  return known === undefined ? undefined : Buffer.from(known, 'hex');
}

/** The key of a spool, made by the first process that needs one: linked into place, so that nobody reads half of it. */
function keyIn(root: string | undefined): Buffer {
  if (root === undefined) return randomBytes(KEY_BYTES);
  const known = readKey(root);
  if (known !== undefined) return known;
  const path = join(root, KEY);
  mkdirSync(root, { recursive: true, mode: 0o700 });
  const draft = `${path}.${process.pid}.tmp`;
  writeFileSync(draft, randomBytes(KEY_BYTES).toString('hex'), { mode: 0o600 });
  try {
    linkSync(draft, path);
  } catch (error) {
    // Another process was faster.
    if (read(path) === undefined) throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  return Buffer.from(readFileSync(path, 'utf8'), 'hex');
}

function readLines(root: string | undefined): string[] {
  const text = root === undefined ? undefined : read(join(root, TOMBSTONES));
  return (text ?? '').split('\n').flatMap((line) => {
    try {
      const tombstone: unknown = JSON.parse(line);
      return typeof tombstone === 'string' && TOMBSTONE.test(tombstone) ? [tombstone] : [];
    } catch {
      // A torn last line.
      return [];
    }
  });
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
