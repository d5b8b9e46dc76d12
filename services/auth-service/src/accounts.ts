import { randomUUID } from 'node:crypto';
import { AppError } from '@qr/common';
import { checkNewPassword } from './new-password.ts';
import { hashPassword, matchesPassword } from './passwords.ts';
import { currencies, isDowngrade, isUpgrade, priceOf } from './prices.ts';
import type { Store, User } from './store.ts';

/** What a person gives to sign up. */
interface Registration {
  readonly email: string;
  readonly password: string;
  readonly name?: string;
}

/** A UUID, as the database takes it. */
const ACCOUNT_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Who may come in. */
export interface Accounts {
  /** @throws AppError 400 when everybody would guess the password. */
  checkNewPassword(registration: Registration): void;
  /** @throws AppError 409 when the address is taken. */
  signUp(registration: Registration): Promise<User>;
  /** Finds the account of a normalized address. */
  find(email: string): Promise<User | undefined>;
  /** @throws AppError 401, the same and after the same time without an account and for a wrong password. */
  logIn(user: User | undefined, password: string): Promise<User>;
  /** @throws AppError 401 when the account is gone. */
  get(userId: string): Promise<User>;
  /**
   * Replaces the password and ends every session of the account.
   *
   * @throws AppError 403 when the current one is wrong, 400 when everybody would guess the next.
   */
  changePassword(userId: string, passwords: { readonly current: string; readonly next: string }): Promise<User>;
  /**
   * Removes the account for good, and notes which services have to follow.
   *
   * @returns what it was.
   * @throws AppError 403 when the password is wrong.
   */
  remove(userId: string, password: string, services: readonly string[]): Promise<User>;
  /** The same for an operator, who knows no password. @returns `undefined` when there is no such account. */
  erase(userId: string, services: readonly string[]): Promise<User | undefined>;
  /** Changes what a person is called; an empty name is none. @throws AppError 401 when the account is gone. */
  rename(userId: string, name: string): Promise<User>;
  /**
   * Moves the account to a smaller plan, which is paid from the next month on.
   *
   * @returns the account as it is now, and the plan that it had; `undefined` when the plan is no smaller one.
   */
  downgrade(
    userId: string,
    plan: User['plan'],
  ): Promise<{ readonly user: User; readonly from: User['plan'] } | undefined>;
  /**
   * Moves the account to a larger plan, paid in minor units of a currency.
   *
   * @returns the account as it is now, and the plan that it had.
   * @throws AppError 400 when the amount is not the price, 409 when the plan is no larger one.
   */
  upgrade(userId: string, order: Order): Promise<{ readonly user: User; readonly from: User['plan'] }>;
}

/** What a person agreed to pay for which plan. */
interface Order {
  readonly plan: User['plan'];
  readonly amountMinor: number;
  readonly currency: string;
}

/** The rules of signing up and logging in. */
export function createAccounts({ store, now }: { readonly store: Store; readonly now: () => number }): Accounts {
  async function get(userId: string): Promise<User> {
    const user = await store.findUserById(userId);
    if (user) return user;
    throw new AppError({ statusCode: 401, code: 'unauthorized', message: 'Log in to continue.' });
  }

  return {
    get,
    find: (email) => store.findUserByEmail(email),

    checkNewPassword({ email, password, name }) {
      checkNewPassword(password, { field: 'password', known: [email, name ?? ''] });
    },

    async signUp({ email, password, name }) {
      const user = await store.insertUser({
        id: randomUUID(),
        email: normalizeEmail(email),
        name: name?.trim() || null,
        passwordHash: await hashPassword(password),
        plan: 'free',
        createdAt: new Date(now()),
      });
      if (user) return user;
      throw new AppError({
        statusCode: 409,
        code: 'email_taken',
        message: 'There is already an account with this e-mail address. Log in instead.',
        field: 'email',
      });
    },

    async logIn(user, password) {
      const matches = await matchesPassword(user?.passwordHash, password);
      if (user && matches) return user;
      throw new AppError({
        statusCode: 401,
        code: 'wrong_credentials',
        message: 'The e-mail address or the password is wrong.',
      });
    },

    async changePassword(userId, { current, next }) {
      const user = await get(userId);
      await checkPassword(user, current, 'currentPassword');
      checkNewPassword(next, { field: 'newPassword', known: [user.email, user.name ?? ''] });
      const passwordHash = await hashPassword(next);
      await store.replacePassword(userId, passwordHash);
      return { ...user, passwordHash };
    },

    async remove(userId, password, services) {
      const user = await get(userId);
      await checkPassword(user, password, 'password');
      await store.deleteUser(userId, { services, now: new Date(now()) });
      return user;
    },

    async erase(userId, services) {
      // Visitors have ids too, and no account.
      const user = ACCOUNT_ID.test(userId) ? await store.findUserById(userId) : undefined;
      if (user) await store.deleteUser(userId, { services, now: new Date(now()) });
      return user;
    },

    async upgrade(userId, { plan, amountMinor, currency }) {
      const { plan: from } = await get(userId);
      if (plan === 'free') noUpgrade(from);
      const price = priceOf(plan, currency);
      if (price !== amountMinor) {
        const message =
          price === undefined
            ? `The plan ${plan} is sold in ${currencies.join(', ')}.`
            : `The plan ${plan} costs ${price} in minor units of ${currency}, got ${amountMinor}. Load the prices again.`;
        throw new AppError({ code: 'wrong_price', message, field: price === undefined ? 'currency' : 'amountMinor' });
      }
      // Of two orders at once one finds the plan as it was.
      const user = isUpgrade(from, plan) ? await store.replacePlan(userId, { from, to: plan }) : undefined;
      return user ? { user, from } : noUpgrade(from);
    },

    async downgrade(userId, plan) {
      const { plan: from } = await get(userId);
      if (!isDowngrade(from, plan)) return undefined;
      const user = await store.replacePlan(userId, { from, to: plan });
      return user && { user, from };
    },

    async rename(userId, name) {
      return (await store.rename(userId, name.trim() || null)) ?? get(userId);
    },
  };
}

/** @throws AppError 409 */
function noUpgrade(from: User['plan']): never {
  throw new AppError({ statusCode: 409, code: 'no_upgrade', message: `The plan is ${from}: choose another one.` });
}

/** As addresses are kept. */
export function normalizeEmail(email: string): string {
  return email.trim().toLowerCase();
}

/** @throws AppError 403 that names the field. */
async function checkPassword({ passwordHash }: User, password: string, field: string): Promise<void> {
  if (await matchesPassword(passwordHash, password)) return;
  throw new AppError({ statusCode: 403, code: 'wrong_password', message: 'The password is wrong.', field });
}
