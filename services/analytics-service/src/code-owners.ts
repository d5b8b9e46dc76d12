import { AppError, createAnswerCache, createServiceClient } from '@qr/common/server';
import Type from 'typebox';
import { Compile } from 'typebox/compile';

export interface CodeOwnersOptions {
  /** Origin of qr-service. */
  readonly url: string;
  readonly serviceToken: string;
  /** Called when qr-service fails and an old answer is used instead. */
  readonly onStandIn: (error: unknown) => void;
  /** How long a person may wait for it. @default 2000 */
  readonly timeoutMs?: number;
  /** Milliseconds of any clock. @default performance.now */
  readonly now?: () => number;
}

/** Knows whose codes are. */
export interface CodeOwners {
  /** @throws AppError 404 unless the code is this person's, 503 while nobody can tell. */
  check(qrId: string, userId: string): Promise<void>;
}

const code = Compile(Type.Object({ ownerId: Type.String({ minLength: 1 }) }));

/** How long the owner of a code is remembered; a code that was removed keeps its statistics for as long. */
const FOUND_TTL_MS = 60_000;
const MAX_CODES = 20_000;

/** Asks qr-service, once for all who ask at the same time, and remembers. */
export function createCodeOwners(options: CodeOwnersOptions): CodeOwners {
  const { url, serviceToken, onStandIn, timeoutMs = 2000, now } = options;
  const client = createServiceClient({ name: 'qr-service', origin: url, serviceToken, timeoutMs });
  const owners = createAnswerCache({ fetch: fetchOwner, onStandIn, foundTtlMs: FOUND_TTL_MS, max: MAX_CODES, now });

  async function fetchOwner(qrId: string): Promise<string | null> {
    const { status, body } = await client.get(`/internal/qrs/${encodeURIComponent(qrId)}`, [200, 404]);
    if (status === 404) return null;
    if (code.Check(body)) return body.ownerId;
    throw new Error('qr-service answered 200 with a body that is not a code: deploy matching versions.');
  }

  return {
    async check(qrId, userId) {
      const ownerId = await owners.find(qrId).catch(unavailable);
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
