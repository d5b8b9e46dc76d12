import { LRUCache } from 'lru-cache';

/** Options of {@link createAnswerCache}. */
export interface AnswerCacheOptions<Answer> {
  /** Asks the source, and returns `null` when it has nothing under this key. */
  readonly fetch: (key: string) => Promise<Answer | null>;
  /** Called when the source fails and an old answer is used instead. */
  readonly onStandIn: (error: unknown) => void;
  /** How long an answer is fresh. */
  readonly foundTtlMs: number;
  /** How long a missing key stays missing; short because it may be added at any time. @default 2000 */
  readonly notFoundTtlMs?: number | undefined;
  /** How long an old answer is used before a failed source is asked again. @default 2000 */
  readonly retryAfterMs?: number | undefined;
  /** Maximum number of answers, or the sum of their sizes when `sizeOf` is set. */
  readonly max: number;
  readonly sizeOf?: (answer: Answer | null, key: string) => number;
  /** Milliseconds of any clock. @default performance.now */
  readonly now?: (() => number) | undefined;
}

/** Remembers the answers of a source that may be down. */
export interface AnswerCache<Answer> {
  /** Returns a fresh answer without a promise, or `undefined`. */
  recall(key: string): Answer | null | undefined;
  /** Returns a fresh answer, else asks the source. @throws what the source threw, when no old answer can stand in. */
  find(key: string): Promise<Answer | null>;
  /** Removes an answer. One that is being fetched reaches those who wait for it, and is not kept. */
  forget(key: string): void;
  forgetWhere(matches: (answer: Answer) => boolean): void;
}

/** Creates a cache that asks once for all who wait for the same key, and uses old answers while the source is down. */
export function createAnswerCache<Answer>(options: AnswerCacheOptions<Answer>): AnswerCache<Answer> {
  const { fetch, onStandIn, foundTtlMs, notFoundTtlMs = 2000, retryAfterMs = 2000, max, sizeOf } = options;
  const { now = () => performance.now() } = options;

  const entries = new LRUCache<string, { readonly answer: Answer | null }>({
    ...(sizeOf ? { maxSize: max, sizeCalculation: ({ answer }, key) => sizeOf(answer, key) } : { max }),
    ttl: foundTtlMs,
    perf: { now },
    ttlResolution: 0,
    // An answer that is no longer fresh may still have to stand in.
    noDeleteOnStaleGet: true,
    // A caller that gives up must not take the answer from the others who wait for it.
    ignoreFetchAbort: true,
    // Not `allowStaleOnFetchRejection`, which would ask a failed source at every call and keep a missing key missing.
    async fetchMethod(key, known, { options: entry }) {
      try {
        const answer = await fetch(key);
        if (answer === null) entry.ttl = notFoundTtlMs;
        return { answer };
      } catch (error) {
        if (!known || known.answer === null) throw error;
        onStandIn(error);
        entry.ttl = retryAfterMs;
        return known;
      }
    },
  });

  return {
    recall: (key) => entries.get(key)?.answer,
    find: async (key) => (await entries.forceFetch(key)).answer,
    forget(key) {
      entries.delete(key);
    },
    forgetWhere(matches) {
      for (const [key, { answer }] of entries.entries()) if (answer !== null && matches(answer)) entries.delete(key);
    },
  };
}
