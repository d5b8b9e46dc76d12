import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import type { JsonObject, StoredRecord } from '../../store/records.ts';
import type { Store } from '../../store/store.ts';
import { LIVE_KINDS, type LiveRows, liveRows } from './live-rows.ts';

/** An answer of `GET /api/live`. */
export interface LiveAnswer extends LiveRows {
  /** Differs when records were cleared, removed or brought back, and when the inbox was restarted: earlier rows are void. */
  readonly version: string;
}

const Text = (description: string) => Type.Optional(Type.String({ description }));

const Query = Type.Object({
  kind: Text(`only these, separated by commas: ${LIVE_KINDS.join(', ')}`),
  q: Text('words that must all occur; words in double quotes together'),
  service: Text('sent by this service'),
  user: Text('of this user, in order of what happened'),
  trace_id: Text('of this trace, in order of what happened'),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000, description: 'at most so many rows' })),
});

const DEFAULT_LIMIT = 300;

/** `GET /api/live`: everything held, newest first, with the spans of a trace and the repeats of an event in one row each. */
export function liveRoute(instance: FastifyInstance, store: Store): void {
  const app = instance.withTypeProvider<TypeBoxTypeProvider>();
  const search = new TextSearch();
  const startedAt = Date.now();
  let removals = 0;
  const countRemoval = (): void => {
    removals += 1;
  };
  const stops = [store.onClear(countRemoval), store.onRemoval(countRemoval)];
  app.addHook('onClose', async () => {
    for (const stop of stops) stop();
  });
  app.get('/api/live', { schema: { querystring: Query } }, ({ query }) => {
    const filter = {
      kinds: new Set(query.kind?.split(',').filter((kind) => kind !== '')),
      text: query.q ?? '',
      service: query.service,
      userId: query.user,
      traceId: query.trace_id,
    };
    const version = `${startedAt}.${removals}`;
    return { version, ...liveRows(store, search, filter, query.limit ?? DEFAULT_LIMIT) } satisfies LiveAnswer;
  });
}

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
