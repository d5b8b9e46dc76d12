import { createHash, createHmac, randomBytes, randomUUID } from 'node:crypto';
import type { Store } from './store.ts';

/** Days without a visit after which a person has to log in again. */
export const REFRESH_TTL_SECONDS = 30 * 24 * 60 * 60;

/** How long the previous id of a family is still exchanged, for the same next one: two tabs may renew their session at the same moment. */
const GRACE_MS = 10_000;

/** Long-lived ids that renew a session. Each works once, and for 10 seconds more; the database knows the SHA-256 of the newest only. */
export interface RefreshTokens {
  /** A token for a new family: one log-in on one device. */
  issue(userId: string): Promise<string>;
  /**
   * Exchanges a token for the next one of its family. The previous token gets the same one for 10 seconds. A token that was used before may be
   * stolen, so it revokes its family.
   *
   * @returns `undefined` for a token that is used, expired, revoked or no token at all.
   */
  rotate(token: string): Promise<{ readonly userId: string; readonly token: string } | undefined>;
  /** Ends the family of a token; returns whose it was. */
  revoke(token: string): Promise<{ readonly userId: string } | undefined>;
}

export interface RefreshTokensOptions {
  readonly store: Store;
  /** Derives each token from the one before; at least 32 characters. */
  readonly secret: string;
  readonly now: () => number;
}

/** Makes the rules of refresh tokens. */
export function createRefreshTokens({ store, secret: key, now }: RefreshTokensOptions): RefreshTokens {
  // Derived, so that a second use of the previous token yields the same one and no token has to be stored.
  const successorOf = (family: string, secret: string) =>
    createHmac('sha256', key).update(`refresh ${family} ${secret}`).digest('base64url');
  const expiry = () => new Date(now() + REFRESH_TTL_SECONDS * 1000);

  return {
    async issue(userId) {
      await store.deleteExpiredRefreshTokens(userId, new Date(now()));
      const family = randomUUID();
      const secret = newSecret();
      await store.insertRefreshToken({ family, userId, secretHash: sha256(secret), expiresAt: expiry() });
      return `${family}.${secret}`;
    },

    async rotate(token) {
      const parts = parse(token);
      if (!parts) return undefined;
      const { family, secret } = parts;
      const next = successorOf(family, secret);
      const current = { family, now: new Date(now()) };
      const rotated =
        (await store.rotateRefreshToken(
          { ...current, secretHash: sha256(secret) },
          { secretHash: sha256(next), expiresAt: expiry() },
        )) ??
        (await store.findRotatedRefreshToken({ ...current, secretHash: sha256(next) }, new Date(now() - GRACE_MS)));
      if (rotated) return { userId: rotated.userId, token: `${family}.${next}` };
      await store.deleteRefreshToken(family);
      return undefined;
    },

    async revoke(token) {
      const parts = parse(token);
      return parts && store.deleteRefreshToken(parts.family);
    },
  };
}

const TOKEN = /^([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})\.([\w-]{43})$/;

function parse(token: string): { family: string; secret: string } | undefined {
  const [, family, secret] = TOKEN.exec(token) ?? [];
  return family !== undefined && secret !== undefined ? { family, secret } : undefined;
}

/** 256 bits as 43 characters. */
function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

// No salt and no slow hash: 256 random bits cannot be guessed from their digest.
function sha256(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}
