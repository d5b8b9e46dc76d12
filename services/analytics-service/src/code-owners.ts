import { AppError, createServiceClient } from '@qr/common';
import { LRUCache } from 'lru-cache';
import Type from 'typebox';
import { Compile } from 'typebox/compile';

/** What {@link createCodeOwners} takes. */
export interface CodeOwnersOptions {
  /** Origin of qr-service. */
  readonly url: string;
  readonly serviceToken: string;
  /** Told when qr-service fails and nobody notices, as an old answer stands in. */
  readonly onStandIn: (error: unknown) => void;
  /** How long a person may wait for it. @default 2000 */
  readonly timeoutMs?: number;
  /** Codes stay with their owners; so long one that was removed still has statistics. @default 60_000 */
  readonly foundTtlMs?: number;
  /** Short, as a code may be looked at in the moment in which it is made. @default 2000 */
  readonly notFoundTtlMs?: number;
  /** How long an old answer stands in before qr-service is asked again. @default 2000 */
  readonly retryAfterMs?: number;
  /** @default 20_000 */
  readonly maxCodes?: number;
  /** Milliseconds of any clock. @default performance.now */
  readonly now?: () => number;
}

/** Knows whose codes are. */
export interface CodeOwners {
  /** @throws AppError 404 unless the code is this person's, 503 while nobody can tell. */
  check(qrId: string, userId: string): Promise<void>;
}

interface Entry {
  readonly ownerId: string | null;
}

const code = Compile(Type.Object({ ownerId: Type.String({ minLength: 1 }) }));

/** Asks qr-service, once for all who ask at the same time, and remembers. */
export function createCodeOwners(options: CodeOwnersOptions): CodeOwners {
  const { url, serviceToken, onStandIn, timeoutMs = 2000, foundTtlMs = 60_000, notFoundTtlMs = 2000 } = options;
  const { retryAfterMs = 2000, maxCodes = 20_000, now = () => performance.now() } = options;
  const client = createServiceClient({ name: 'qr-service', origin: url, serviceToken, timeoutMs });

  async function fetchOwner(qrId: string): Promise<string | null> {
    const { status, body } = await client.get(`/internal/qrs/${encodeURIComponent(qrId)}`, [200, 404]);
    if (status === 404) return null;
    if (code.Check(body)) return body.ownerId;
    throw new Error('qr-service answered 200 with a body that is not a code: deploy matching versions.');
  }

  const entries = new LRUCache<string, Entry>({
    max: maxCodes,
    ttl: foundTtlMs,
    perf: { now },
    ttlResolution: 0,
    // Someone who gave up must not take the answer from the others who wait for it.
    ignoreFetchAbort: true,
    async fetchMethod(qrId, known, { options: entry }) {
      try {
        const ownerId = await fetchOwner(qrId);
        if (ownerId === null) entry.ttl = notFoundTtlMs;
        return { ownerId };
      } catch (error) {
        // That a code did not exist is no reason to say so now.
        if (!known?.ownerId) throw error;
        onStandIn(error);
        entry.ttl = retryAfterMs;
        return known;
      }
    },
  });

  return {
    async check(qrId, userId) {
      const { ownerId } = await entries.forceFetch(qrId).catch(unavailable);
      // The same for the codes of others, which do not exist for this person.
      if (ownerId !== userId)
        throw new AppError({ statusCode: 404, code: 'not_found', message: 'You have no such code.' });
    },
  };
}

function unavailable(cause: unknown): never {
  throw new AppError({
    statusCode: 503,
    code: 'owner_unknown',
    message: 'Whose code this is cannot be looked up right now: try again in a minute.',
    cause,
  });
}
