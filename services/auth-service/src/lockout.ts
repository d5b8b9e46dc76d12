import { createHmac } from 'node:crypto';
import { AppError } from '@qr/common';
import type { FastifyReply } from 'fastify';
import type { Store } from './store.ts';

/** Wrong passwords after which an account is closed to browsers that it does not know, wherever they come from. */
const MAX_ATTEMPTS = 50;
/** Counted from the first of them; with the limit above that is 1,200 guesses a day, whoever makes them. */
const WINDOW_MS = 60 * 60_000;

/** Closes accounts at which too many guess. */
export interface Lockout {
  /**
   * Counts an attempt before it is made, so that many at once are no way around it.
   *
   * @throws AppError 429 with Retry-After.
   */
  admit(reply: FastifyReply, email: string): Promise<void>;
  /** Forgets the attempts: the owner is in, or gone. */
  clear(email: string): Promise<void>;
}

/** What {@link createLockout} takes. */
export interface LockoutOptions {
  readonly store: Store;
  /** Addresses are kept as a keyed hash: anyone may try any, and they are none of ours. */
  readonly secret: string;
  readonly now: () => number;
}

/** Attempts are counted in the database, for all instances of this service and over their restarts. */
export function createLockout({ store, secret, now }: LockoutOptions): Lockout {
  const accountOf = (email: string) => createHmac('sha256', secret).update(`lockout ${email}`).digest('base64url');
  return {
    async admit(reply, email) {
      const expired = new Date(now() - WINDOW_MS);
      const { attempts, since } = await store.countAttempt(accountOf(email), { now: new Date(now()), expired });
      if (attempts <= MAX_ATTEMPTS) return;
      const seconds = Math.ceil((since.getTime() + WINDOW_MS - now()) / 1000);
      reply.header('retry-after', seconds);
      const message = `There were too many attempts at this account. Wait ${Math.ceil(seconds / 60)} minutes, or use a browser in which you have logged in before.`;
      throw new AppError({ statusCode: 429, code: 'too_many_attempts', message });
    },
    clear: (email) => store.clearAttempts(accountOf(email)),
  };
}
