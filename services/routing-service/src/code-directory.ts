import { LRUCache } from 'lru-cache';
import type { FetchCode } from './qr-service-client.ts';
import type { Code } from './schemas.ts';

/** What a scan leads to. */
export type Lookup =
  | { readonly outcome: 'active' | 'disabled'; readonly code: Code }
  | { readonly outcome: 'not_found' }
  | { readonly outcome: 'unavailable'; readonly error: unknown };

/** Finds codes, mostly in memory. */
export interface CodeDirectory {
  /** What is known and fresh, at once: most scans, for which a promise would cost more than the look-up. */
  recall(id: string): Lookup | undefined;
  find(id: string): Promise<Lookup>;
  /** Forgets the codes of a person. */
  forgetOwner(ownerId: string): void;
}

/** What {@link createCodeDirectory} takes. */
export interface CodeDirectoryOptions {
  readonly fetchCode: FetchCode;
  /** Told when `fetchCode` fails and nobody notices, as an old answer stands in. */
  readonly onStandIn: (error: unknown) => void;
  /** How long a change of a code may go unnoticed. @default 30_000 */
  readonly foundTtlMs?: number;
  /** Short, as a code may be scanned in the moment in which it is made. @default 2000 */
  readonly notFoundTtlMs?: number;
  /** How long an old answer stands in before qr-service is asked again. @default 2000 */
  readonly retryAfterMs?: number;
  /** About half a kilobyte each. @default 50_000 */
  readonly maxCodes?: number;
  /** Milliseconds of any clock. @default performance.now */
  readonly now?: () => number;
}

interface Entry {
  readonly code: Code | null;
}

/**
 * Remembers answers of qr-service. A code that is asked for by many at once is fetched once; while qr-service is down, what was known of a
 * code stays good.
 */
export function createCodeDirectory(options: CodeDirectoryOptions): CodeDirectory {
  const { fetchCode, onStandIn, foundTtlMs = 30_000, notFoundTtlMs = 2000, retryAfterMs = 2000 } = options;
  const { maxCodes = 50_000, now = () => performance.now() } = options;

  const entries = new LRUCache<string, Entry>({
    max: maxCodes,
    ttl: foundTtlMs,
    perf: { now },
    ttlResolution: 0,
    // What is no longer fresh may still have to stand in.
    noDeleteOnStaleGet: true,
    // Someone who gave up must not take the answer from the others who wait for it.
    ignoreFetchAbort: true,
    async fetchMethod(id, known, { options: entry }) {
      try {
        const code = await fetchCode(id);
        if (code === null) entry.ttl = notFoundTtlMs;
        return { code };
      } catch (error) {
        // That a code did not exist is no reason to say so now.
        if (!known?.code) throw error;
        onStandIn(error);
        entry.ttl = retryAfterMs;
        return known;
      }
    },
  });

  return {
    forgetOwner(ownerId) {
      for (const [id, { code }] of entries.entries()) if (code?.ownerId === ownerId) entries.delete(id);
    },

    recall(id) {
      const known = entries.get(id);
      return known && toLookup(known);
    },

    async find(id) {
      try {
        return toLookup(await entries.forceFetch(id));
      } catch (error) {
        return { outcome: 'unavailable', error };
      }
    },
  };
}

function toLookup({ code }: Entry): Lookup {
  return code ? { outcome: code.status, code } : { outcome: 'not_found' };
}
