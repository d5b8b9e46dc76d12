import type { JsonObject, StoredRecord } from '../../store/records.ts';

/** Fields that say how a record came, not what is in it. */
const UNSEARCHED = new Set(['id', 'receivedAt', 'time', 'kind', 'endpoint', 'project', 'bytes', 'repeats']);

/** Finds the records with a text. What it found for the last text is kept, so that only arrivals are looked at again. */
export class TextSearch {
  #text = '';
  #found = new WeakMap<StoredRecord, boolean>();

  /**
   * Returns a function that tells whether a record contains every word of `text`, ignoring case. Words in double quotes
   * must occur together. An empty text matches everything.
   */
  matcher(text: string): (record: StoredRecord) => boolean {
    const terms = termsOf(text).map(toPattern);
    if (terms.length === 0) return () => true;
    if (text !== this.#text) {
      this.#text = text;
      this.#found = new WeakMap();
    }
    const found = this.#found;
    return (record) => {
      const known = found.get(record) ?? terms.every((term) => isInRecord(record, term));
      found.set(record, known);
      return known;
    };
  }
}

function termsOf(text: string): string[] {
  // The closing quote is missing while somebody types.
  const found = text.matchAll(/"([^"]*)"?|([^\s"]+)/g);
  return [...found].map(([, phrase, word]) => phrase ?? word ?? '').filter((term) => term !== '');
}

/** Ignores case without a lower-cased copy of each text. */
function toPattern(term: string): RegExp {
  return new RegExp(term.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'i');
}

function isInRecord(record: StoredRecord, term: RegExp): boolean {
  // The keys of Sentry's payloads are the protocol's; all others were chosen by the sender.
  const areKeysSearched = record.kind !== 'error' && record.kind !== 'item';
  for (const [name, value] of Object.entries(record)) {
    if (!UNSEARCHED.has(name) && isIn(value, term, areKeysSearched)) return true;
  }
  return false;
}

function isIn(value: unknown, term: RegExp, areKeysSearched: boolean): boolean {
  if (typeof value === 'string') return term.test(value);
  if (typeof value === 'number' || typeof value === 'boolean') return term.test(String(value));
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return value.some((each) => isIn(each, term, areKeysSearched));
  for (const key of Object.keys(value)) {
    if (areKeysSearched && term.test(key)) return true;
    if (isIn((value as JsonObject)[key], term, areKeysSearched)) return true;
  }
  return false;
}
