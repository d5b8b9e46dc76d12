import { createHash, createHmac, randomBytes, randomUUID } from 'node:crypto';
// For the types of `request.cookies` and `reply.setCookie`.
import type {} from '@fastify/cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Store } from './store.ts';

/** Days without a visit after which a person has to log in again. */
const TTL_SECONDS = 30 * 24 * 60 * 60;

/** How long the previous id of a family is still exchanged, for the same next one: two tabs may renew their session at the same moment. */
const GRACE_MS = 10_000;

export interface RefreshTokensOptions {
  readonly store: Store;
  /** Derives each token from the one before; at least 32 characters. */
  readonly secret: string;
  readonly secureCookies: boolean;
  readonly now: () => number;
}

/** Long-lived ids that renew a session. Each works once, and for 10 seconds more; the database knows the SHA-256 of the newest only. */
export type RefreshTokens = ReturnType<typeof createRefreshTokens>;

export function createRefreshTokens({ store, secret: key, secureCookies, now }: RefreshTokensOptions) {
  const cookie = secureCookies ? '__Host-refresh' : 'refresh';
  const cookieOptions = {
    httpOnly: true,
    // Only the app's own pages renew a session; nobody arrives by a link to do so.
    sameSite: 'strict',
    secure: secureCookies,
    // The browser knows this service as /api/auth behind the public origin and as /auth without it; a narrower path would fit one of them
    // only, and the `__Host-` prefix demands the root.
    path: '/',
  } as const;
  // Derived, so that a second use of the previous token yields the same one and no token has to be stored.
  const successorOf = (family: string, secret: string) =>
    createHmac('sha256', key).update(`refresh ${family} ${secret}`).digest('base64url');
  const expiry = () => new Date(now() + TTL_SECONDS * 1000);
  const read = (request: FastifyRequest) => parse(request.cookies[cookie] ?? '');

  function set(reply: FastifyReply, token: string): void {
    reply.setCookie(cookie, token, { ...cookieOptions, maxAge: TTL_SECONDS });
  }

  return {
    set,

    /** Sets a token of a new family: one log-in on one device. */
    async issue(reply: FastifyReply, userId: string): Promise<void> {
      await store.deleteExpiredRefreshTokens(userId, new Date(now()));
      const family = randomUUID();
      // 256 bits as 43 characters.
      const secret = randomBytes(32).toString('base64url');
      await store.insertRefreshToken({ family, userId, secretHash: sha256(secret), expiresAt: expiry() });
      set(reply, `${family}.${secret}`);
    },

    /**
     * Exchanges the token of a request for the next one of its family. The previous token gets the same one for 10 seconds. A token that was used
     * before may be stolen, so it revokes its family.
     *
     * @returns `undefined` for a token that is used, expired, revoked or no token at all.
     */
    async rotate(request: FastifyRequest): Promise<{ readonly userId: string; readonly token: string } | undefined> {
      const parts = read(request);
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

    /** Ends the family of the token of a request; returns its owner. */
    async revoke(request: FastifyRequest): Promise<{ readonly userId: string } | undefined> {
      const parts = read(request);
      return parts && store.deleteRefreshToken(parts.family);
    },

    clear(reply: FastifyReply): void {
      reply.clearCookie(cookie, cookieOptions);
    },
  };
}

const TOKEN = /^([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})\.([\w-]{43})$/;

function parse(token: string): { family: string; secret: string } | undefined {
  const [, family, secret] = TOKEN.exec(token) ?? [];
  return family !== undefined && secret !== undefined ? { family, secret } : undefined;
}

// No salt and no slow hash: 256 random bits cannot be guessed from their digest.
function sha256(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}
