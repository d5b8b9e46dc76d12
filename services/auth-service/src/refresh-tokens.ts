import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { Store } from './store.ts';

/** Days without a visit after which a person has to log in again. */
export const REFRESH_TTL_SECONDS = 30 * 24 * 60 * 60;

/** Long-lived ids that renew a session. Each works once; the database knows their SHA-256 only. */
export interface RefreshTokens {
  /** A token for a new family: one log-in on one device. */
  issue(userId: string): Promise<string>;
  /**
   * Exchanges a token for the next one of its family. A token that was used before may be stolen, so it revokes its family.
   *
   * @returns `undefined` for a token that is used, expired, revoked or no token at all.
   */
  rotate(token: string): Promise<{ readonly userId: string; readonly token: string } | undefined>;
  /** Ends the family of a token; returns whose it was. */
  revoke(token: string): Promise<{ readonly userId: string } | undefined>;
}

/** The rules of refresh tokens. */
export function createRefreshTokens(options: { readonly store: Store; readonly now: () => number }): RefreshTokens {
  const { store, now } = options;
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
      const next = newSecret();
      const rotated = await store.rotateRefreshToken(
        { family, secretHash: sha256(secret), now: new Date(now()) },
        { secretHash: sha256(next), expiresAt: expiry() },
      );
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
