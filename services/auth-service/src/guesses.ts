import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
// For the types of `request.cookies` and `reply.setCookie`.
import type {} from '@fastify/cookie';
import { AppError, addressKey } from '@qr/common/server';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Store, User } from './store.ts';

/** How often something may be tried in vain. */
export interface Rule {
  /** Attempts without a wait. */
  readonly free: number;
  /** The wait after that; it doubles with each further attempt. */
  readonly firstDelayMs: number;
  readonly maxDelayMs: number;
}

/** What attempts are counted by: their kind, the account, and where they come from. */
interface Subject {
  readonly kind: 'login' | 'password' | 'signup-address' | 'signup-email';
  readonly account: string;
  readonly place?: string;
}

interface GuessesOptions {
  readonly store: Store;
  readonly knownDevice: KnownDevice;
  /** Keys the stored hashes of subjects: anyone may try any e-mail address, so most belong to strangers. */
  readonly secret: string;
  readonly now: () => number;
}

const MINUTE_MS = 60_000;
/** Attempts are forgotten after a day without another. */
const KEEP_MS = 24 * 60 * MINUTE_MS;
const PASSWORD: Rule = { free: 10, firstDelayMs: MINUTE_MS, maxDelayMs: 15 * MINUTE_MS };
/** For strangers at an account at which many guess: its owner, in a new browser at a new address, still has these. */
const UNDER_ATTACK: Rule = { free: 3, firstDelayMs: 15 * MINUTE_MS, maxDelayMs: 240 * MINUTE_MS };
/** Wrong passwords from strangers, wherever they are, after which an account is under attack. */
const MANY = 50;
/** Answers that an e-mail address has an account, to one address of the network and about one e-mail address. */
const SIGN_UP_ADDRESS: Rule = { free: 20, firstDelayMs: MINUTE_MS, maxDelayMs: 60 * MINUTE_MS };
const SIGN_UP_EMAIL: Rule = { free: 5, firstDelayMs: MINUTE_MS, maxDelayMs: 60 * MINUTE_MS };

export type Guesses = ReturnType<typeof createGuesses>;

/**
 * Slows down those who guess passwords or ask which addresses have an account. Attempts are counted in the database, for all instances and over their
 * restarts, before they are made: many at once are no way around it. The `admit` methods throw AppError 429 with Retry-After; a refused attempt does not count.
 */
export function createGuesses({ store, knownDevice, secret, now }: GuessesOptions) {
  const hash = (text: string) => createHmac('sha256', secret).update(text).digest('hex');
  /** Without a place: the prefix of the keys of all places. */
  const keyOf = ({ kind, account, place }: Subject) =>
    `${kind}.${hash(`${kind} ${account}`)}.${place === undefined ? '' : hash(place)}`;

  async function admit(reply: FastifyReply, subject: Subject, rule: Rule): Promise<void> {
    const waitMs = await store.countAttempt(keyOf(subject), { rule, nowMs: now(), keepMs: KEEP_MS });
    if (waitMs === 0) return;
    const seconds = Math.ceil(waitMs / 1000);
    reply.header('retry-after', seconds);
    const wait = seconds < 120 ? `${seconds} seconds` : `${Math.ceil(seconds / 60)} minutes`;
    const message = `There were too many attempts. Try again in ${wait}.`;
    throw new AppError({ statusCode: 429, code: 'too_many_attempts', message });
  }

  return {
    /**
     * Admits an attempt to log in. Attempts are counted by account and address, so that strangers never close an account to its owner, and by account
     * and browser for one in which the owner was logged in before: https://owasp.org/www-community/Slow_Down_Online_Guessing_Attacks_with_Device_Cookies
     *
     * @param user the account of the address, if there is one.
     */
    async admitLogin(request: FastifyRequest, reply: FastifyReply, email: string, user: User | undefined) {
      const device = user && knownDevice.read(request, user);
      const subject = login(request, device, email);
      if (device !== undefined) return admit(reply, subject, PASSWORD);
      const isUnderAttack = (await store.sumAttempts(keyOf({ kind: 'login', account: email }))) >= MANY;
      return admit(reply, subject, isUnderAttack ? UNDER_ATTACK : PASSWORD);
    },

    /** Forgets the attempts of this browser or address: the owner is in. */
    async loggedIn(request: FastifyRequest, user: User): Promise<void> {
      await store.clearAttempts(keyOf(login(request, knownDevice.read(request, user), user.email)));
    },

    /** Admits the password of an open session, counted by account alone because the holder of a stolen session may have many addresses. */
    admitPassword: (reply: FastifyReply, userId: string) => admit(reply, password(userId), PASSWORD),
    passwordGiven: (userId: string) => store.clearAttempts(keyOf(password(userId))),

    async admitSignUp(request: FastifyRequest, reply: FastifyReply, email: string): Promise<void> {
      await admit(reply, signUpAddress(request), SIGN_UP_ADDRESS);
      await admit(reply, signUpEmail(email), SIGN_UP_EMAIL);
    },

    /** Takes the attempt back: it told nothing of an account. */
    async signedUp(request: FastifyRequest, email: string): Promise<void> {
      await store.takeAttemptBack(keyOf(signUpAddress(request)));
      await store.clearAttempts(keyOf(signUpEmail(email)));
    },

    /** Forgets everything about an account that is gone. */
    async forget({ id, email }: User): Promise<void> {
      for (const subject of [{ kind: 'login', account: email } as const, signUpEmail(email), password(id)])
        await store.clearAttempts(keyOf(subject));
    },
  };
}

function login({ ip }: FastifyRequest, device: string | undefined, account: string): Subject {
  return { kind: 'login', account, place: device === undefined ? `address ${addressKey(ip)}` : `device ${device}` };
}

function password(account: string): Subject {
  return { kind: 'password', account };
}

function signUpAddress({ ip }: FastifyRequest): Subject {
  return { kind: 'signup-address', account: addressKey(ip) };
}

function signUpEmail(account: string): Subject {
  return { kind: 'signup-email', account };
}

/** Browsers keep no cookie for longer than 400 days: https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html */
const MAX_AGE_SECONDS = 400 * 86_400;
/** 128 random bits and a SHA-256. */
const MARK = /^([\w-]{22})\.([\w-]{43})$/;

/** Knows the browsers in which an account was logged in before: what strangers guess does not hinder those. */
export type KnownDevice = ReturnType<typeof createKnownDevice>;

/** Makes the cookie that marks a browser. It opens nothing by itself, and stays when the session ends. */
export function createKnownDevice({ secret, secure }: { readonly secret: string; readonly secure: boolean }) {
  const name = secure ? '__Host-device' : 'device';
  const options = { httpOnly: true, sameSite: 'strict', secure, path: '/' } as const;
  // The stored hash has a salt of its own, so it names one password of one account: a new password ends all marks.
  const signatureOf = (device: string, { id, passwordHash }: User) =>
    createHmac('sha256', secret)
      .update(JSON.stringify(['known device', device, id, passwordHash]))
      .digest();
  return {
    /** Returns the id of the browser when it bears a mark of this very account and its present password. */
    read(request: FastifyRequest, user: User): string | undefined {
      const [, device, signature] = MARK.exec(request.cookies[name] ?? '') ?? [];
      if (device === undefined || signature === undefined) return undefined;
      const shown = Buffer.from(signature, 'base64url');
      const expected = signatureOf(device, user);
      return shown.length === expected.length && timingSafeEqual(shown, expected) ? device : undefined;
    },
    remember(reply: FastifyReply, user: User): void {
      const device = randomBytes(16).toString('base64url');
      const mark = `${device}.${signatureOf(device, user).toString('base64url')}`;
      reply.setCookie(name, mark, { ...options, maxAge: MAX_AGE_SECONDS });
    },
    forget(reply: FastifyReply): void {
      reply.clearCookie(name, options);
    },
  };
}
