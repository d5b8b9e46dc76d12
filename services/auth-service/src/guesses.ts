import { addressKey } from '@qr/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { KnownDevice } from './known-device.ts';
import type { User } from './store.ts';
import type { Rule, Subject, Throttle } from './throttle.ts';

const MINUTE_MS = 60_000;
const PASSWORD: Rule = { free: 10, firstDelayMs: MINUTE_MS, maxDelayMs: 15 * MINUTE_MS };
/** For strangers at an account at which many guess: its owner, in a new browser at a new address, still has these. */
const UNDER_ATTACK: Rule = { free: 3, firstDelayMs: 15 * MINUTE_MS, maxDelayMs: 240 * MINUTE_MS };
/** Wrong passwords from strangers, wherever they are, after which an account is under attack. */
const MANY = 50;
/** Answers that an e-mail address has an account: as many to one address of the network, and about one e-mail address. */
const SIGN_UP_ADDRESS: Rule = { free: 20, firstDelayMs: MINUTE_MS, maxDelayMs: 60 * MINUTE_MS };
const SIGN_UP_EMAIL: Rule = { free: 5, firstDelayMs: MINUTE_MS, maxDelayMs: 60 * MINUTE_MS };

/** Slows down those who guess passwords or ask which addresses have an account. All methods throw AppError 429. */
export interface Guesses {
  /**
   * Admits an attempt to log in. Attempts are counted by account and address, so that strangers never close an account to its owner, and by account
   * and browser for one in which the owner was logged in before: https://owasp.org/www-community/Slow_Down_Online_Guessing_Attacks_with_Device_Cookies
   *
   * @param user the account of the address, if there is one.
   */
  admitLogin(request: FastifyRequest, reply: FastifyReply, email: string, user: User | undefined): Promise<void>;
  /** Forgets the attempts of this browser or address: the owner is in. */
  loggedIn(request: FastifyRequest, user: User): Promise<void>;
  /** Admits an attempt to give the password of an open session, counted by account alone, because the holder of a stolen session may have many addresses. */
  admitPassword(reply: FastifyReply, userId: string): Promise<void>;
  passwordGiven(userId: string): Promise<void>;
  /** Admits an attempt to sign up. */
  admitSignUp(request: FastifyRequest, reply: FastifyReply, email: string): Promise<void>;
  /** The attempt told nothing of an account. */
  signedUp(request: FastifyRequest, email: string): Promise<void>;
  /** Forgets everything about an account that is gone. */
  forget(user: User): Promise<void>;
}

export function createGuesses({ throttle, knownDevice }: GuessesOptions): Guesses {
  const fromAddress = ({ ip }: FastifyRequest, email: string): Subject => ({
    kind: 'login',
    account: email,
    place: `address ${addressKey(ip)}`,
  });
  const fromDevice = (device: string, email: string): Subject => ({
    kind: 'login',
    account: email,
    place: `device ${device}`,
  });
  const password = (userId: string): Subject => ({ kind: 'password', account: userId });
  const signUpAddress = ({ ip }: FastifyRequest): Subject => ({ kind: 'signup-address', account: addressKey(ip) });
  const signUpEmail = (email: string): Subject => ({ kind: 'signup-email', account: email });

  return {
    async admitLogin(request, reply, email, user) {
      const device = user && knownDevice.read(request, user);
      if (device !== undefined) return throttle.admit(reply, fromDevice(device, email), PASSWORD);
      const isUnderAttack = (await throttle.count({ kind: 'login', account: email })) >= MANY;
      return throttle.admit(reply, fromAddress(request, email), isUnderAttack ? UNDER_ATTACK : PASSWORD);
    },
    async loggedIn(request, user) {
      const device = knownDevice.read(request, user);
      await throttle.clear(device === undefined ? fromAddress(request, user.email) : fromDevice(device, user.email));
    },
    admitPassword: (reply, userId) => throttle.admit(reply, password(userId), PASSWORD),
    passwordGiven: (userId) => throttle.clear(password(userId)),
    async admitSignUp(request, reply, email) {
      await throttle.admit(reply, signUpAddress(request), SIGN_UP_ADDRESS);
      await throttle.admit(reply, signUpEmail(email), SIGN_UP_EMAIL);
    },
    async signedUp(request, email) {
      await throttle.giveBack(signUpAddress(request));
      await throttle.clear(signUpEmail(email));
    },
    async forget({ id, email }) {
      await throttle.clear({ kind: 'login', account: email });
      await throttle.clear(signUpEmail(email));
      await throttle.clear(password(id));
    },
  };
}

export interface GuessesOptions {
  readonly throttle: Throttle;
  readonly knownDevice: KnownDevice;
}
