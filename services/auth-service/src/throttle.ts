import { createHmac } from 'node:crypto';
import { AppError } from '@qr/common';
import type { FastifyReply } from 'fastify';
import type { Store } from './store.ts';

/** How often something may be tried in vain. */
export interface Rule {
  /** So often without a wait. */
  readonly free: number;
  /** The wait after that; it doubles with each further attempt. */
  readonly firstDelayMs: number;
  readonly maxDelayMs: number;
}

/** Whose attempts are counted: of what kind, at which account, and from where. The parts are stored as keyed hashes. */
export interface Subject {
  readonly kind: 'login' | 'password' | 'signup-address' | 'signup-email';
  readonly account: string;
  readonly place?: string;
}

/** Counts attempts and makes those wait who try too often. */
export interface Throttle {
  /**
   * Counts an attempt before it is made, so that many at once are no way around it. One that is refused does not count.
   *
   * @throws AppError 429 with Retry-After.
   */
  admit(reply: FastifyReply, subject: Subject, rule: Rule): Promise<void>;
  /** Returns how many attempts there were; without a place those from everywhere. */
  count(subject: Subject): Promise<number>;
  /** Takes one attempt back: it was none. */
  giveBack(subject: Subject): Promise<void>;
  /** Forgets the attempts of a subject; without a place those from everywhere. */
  clear(subject: Subject): Promise<void>;
}

/** Attempts are forgotten after a day without another. */
const KEEP_MS = 24 * 60 * 60_000;

export interface ThrottleOptions {
  readonly store: Store;
  /** Keys the hashes: anyone may try any e-mail address, and they are none of ours. */
  readonly secret: string;
  readonly now: () => number;
}

/** Attempts are counted in the database, for all instances of this service and over their restarts. */
export function createThrottle({ store, secret, now }: ThrottleOptions): Throttle {
  const hash = (text: string) => createHmac('sha256', secret).update(text).digest('hex');
  const keyOf = ({ kind, account, place }: Subject) =>
    `${kind}.${hash(`${kind} ${account}`)}.${place === undefined ? '' : hash(place)}`;

  return {
    async admit(reply, subject, rule) {
      const waitMs = await store.countAttempt(keyOf(subject), { rule, nowMs: now(), keepMs: KEEP_MS });
      if (waitMs === 0) return;
      const seconds = Math.ceil(waitMs / 1000);
      reply.header('retry-after', seconds);
      const wait = seconds < 120 ? `${seconds} seconds` : `${Math.ceil(seconds / 60)} minutes`;
      const message = `There were too many attempts. Try again in ${wait}.`;
      throw new AppError({ statusCode: 429, code: 'too_many_attempts', message });
    },
    count: (subject) => store.sumAttempts(keyOf(subject)),
    giveBack: (subject) => store.takeAttemptBack(keyOf(subject)),
    clear: (subject) => store.clearAttempts(keyOf(subject)),
  };
}
