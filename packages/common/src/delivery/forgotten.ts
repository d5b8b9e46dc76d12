import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { laneNames } from './record.ts';

/** People who must not appear in anything that is sent any more: a tombstone each, shared by all processes of a spool. */
export class Forgotten {
  readonly #ids = new Set<string>();
  readonly #root: string | undefined;

  /** @param root the spool's root; `undefined`: for this process only. */
  constructor(root: string | undefined) {
    this.#root = root;
    for (const id of readIds(root)) this.#ids.add(id);
  }

  /** Reads what other processes have added meanwhile; returns the people that are new. */
  reload(): readonly string[] {
    const added = readIds(this.#root).filter((id) => !this.#ids.has(id));
    for (const id of added) this.#ids.add(id);
    return added;
  }

  get all(): readonly string[] {
    return [...this.#ids];
  }

  get isEmpty(): boolean {
    return this.#ids.size === 0;
  }

  has(id: string): boolean {
    return this.#ids.has(id);
  }

  /** @throws when the tombstone cannot be written; it holds for this process all the same. */
  add(id: string): void {
    if (this.#ids.has(id)) return;
    this.#ids.add(id);
    if (this.#root === undefined) return;
    mkdirSync(this.#root, { recursive: true, mode: 0o700 });
    appendFileSync(fileIn(this.#root), `${JSON.stringify(id)}\n`, { mode: 0o600 });
  }
}

/** Whether a record speaks of somebody: under whatever property, for an owner's id stands in the scans of others. */
export function mentions(record: unknown, id: string): boolean {
  return JSON.stringify(record).includes(JSON.stringify(id));
}

/** Removes the rejected records that speak of somebody. */
export function purgeDeadLetters(root: string | undefined, id: string): void {
  if (root === undefined) return;
  for (const lane of laneNames) {
    for (const suffix of ['', '.1']) {
      const file = join(root, 'dead', `${lane}.ndjson${suffix}`);
      const text = read(file);
      if (text === undefined) continue;
      const kept = text.split('\n').filter((line) => line !== '' && !line.includes(JSON.stringify(id)));
      writeFileSync(file, kept.map((line) => `${line}\n`).join(''));
    }
  }
}

function readIds(root: string | undefined): string[] {
  const text = root === undefined ? undefined : read(fileIn(root));
  return (text ?? '').split('\n').flatMap((line) => {
    try {
      const id: unknown = JSON.parse(line);
      return typeof id === 'string' ? [id] : [];
    } catch {
      // A torn last line.
      return [];
    }
  });
}

function fileIn(root: string): string {
  return join(root, 'forgotten.ndjson');
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
