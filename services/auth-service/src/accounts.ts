import { randomUUID } from 'node:crypto';
import { AppError } from '@qr/common/server';
import type { Static } from 'typebox';
import { checkNewPassword, hashPassword, matchesPassword } from './passwords.ts';
import type { planBody, signupBody } from './schemas.ts';
import type { Store, User } from './store.ts';

/** A UUID, as the database takes it. */
const ACCOUNT_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** An account as it is now, and the plan that it had. */
interface PlanChange {
  readonly user: User;
  readonly from: User['plan'];
}

/** What a person agreed to pay for which plan. */
type Order = Required<Static<typeof planBody>>;

/** The rules of signing up and logging in. */
export type Accounts = ReturnType<typeof createAccounts>;

export function createAccounts({ store, now }: { readonly store: Store; readonly now: () => number }) {
  /** @throws AppError 401 when the account is gone. */
  async function get(userId: string): Promise<User> {
    const user = await store.findUserById(userId);
    if (user) return user;
    throw new AppError({ statusCode: 401, code: 'unauthorized', message: 'Log in to continue.' });
  }

  return {
    get,
    /** Finds the account of a normalized address. */
    find: (email: string) => store.findUserByEmail(email),

    /** @throws AppError 400 when everybody would guess the password. */
    checkNewPassword({ email, password, name }: Static<typeof signupBody>): void {
      checkNewPassword(password, { field: 'password', known: [email, name ?? ''] });
    },

    /** @throws AppError 409 when the address is taken. */
    async signUp({ email, password, name }: Static<typeof signupBody>): Promise<User> {
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

    /** @throws AppError 401, the same and after the same time without an account and for a wrong password. */
    async logIn(user: User | undefined, password: string): Promise<User> {
      const matches = await matchesPassword(user?.passwordHash, password);
      if (user && matches) return user;
      throw new AppError({
        statusCode: 401,
        code: 'wrong_credentials',
        message: 'The e-mail address or the password is wrong.',
      });
    },

    /**
     * Replaces the password and ends every session of the account.
     *
     * @throws AppError 403 when the current one is wrong, 400 when everybody would guess the next.
     */
    async changePassword(
      userId: string,
      { current, next }: { readonly current: string; readonly next: string },
    ): Promise<User> {
      const user = await get(userId);
      await checkPassword(user, current, 'currentPassword');
      checkNewPassword(next, { field: 'newPassword', known: [user.email, user.name ?? ''] });
      const passwordHash = await hashPassword(next);
      await store.replacePassword(userId, passwordHash);
      return { ...user, passwordHash };
    },

    /**
     * Removes the account for good, and notes which services have to follow.
     *
     * @returns the removed account.
     * @throws AppError 403 when the password is wrong.
     */
    async remove(userId: string, password: string, services: readonly string[]): Promise<User> {
      const user = await get(userId);
      await checkPassword(user, password, 'password');
      await store.deleteUser(userId, { services, now: new Date(now()) });
      return user;
    },

    /** Removes the account for an operator, who knows no password. @returns `undefined` when there is no such account. */
    async erase(userId: string, services: readonly string[]): Promise<User | undefined> {
      // Visitors have ids too, and no account.
      const user = ACCOUNT_ID.test(userId) ? await store.findUserById(userId) : undefined;
      if (user) await store.deleteUser(userId, { services, now: new Date(now()) });
      return user;
    },

    /**
     * Moves the account to a larger plan, paid in minor units of a currency.
     *
     * @throws AppError 400 when the amount is not the price, 409 when the plan is no larger one.
     */
    async upgrade(userId: string, { plan, amountMinor, currency }: Order): Promise<PlanChange> {
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

    /** Moves the account to a smaller plan, which is paid from the next month on. @returns `undefined` when the plan is no smaller one. */
    async downgrade(userId: string, plan: User['plan']): Promise<PlanChange | undefined> {
      const { plan: from } = await get(userId);
      if (!isDowngrade(from, plan)) return undefined;
      const user = await store.replacePlan(userId, { from, to: plan });
      return user && { user, from };
    },

    /** Changes what a person is called; an empty name is none. @throws AppError 401 when the account is gone. */
    async rename(userId: string, name: string): Promise<User> {
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

type Plan = User['plan'];

/** From the smallest to the largest. */
const ORDER: readonly Plan[] = ['free', 'pro', 'business'];

/** What a plan costs a month, in minor units (cents; yen have none) of each currency in which it is sold. */
const PRICES: Readonly<Record<Exclude<Plan, 'free'>, Readonly<Record<string, number>>>> = {
  pro: { EUR: 900, USD: 900, JPY: 1300 },
  business: { EUR: 2900, USD: 2900, JPY: 4200 },
};

/** Every plan with its prices, from the smallest to the largest; what is free has none. */
export const offers = ORDER.map((name) => ({ name, prices: name === 'free' ? {} : PRICES[name] }));

/** The currencies in which plans are sold. */
const currencies = Object.keys(PRICES.pro);

/** The price in minor units; `undefined` where the plan is not sold. */
function priceOf(plan: Exclude<Plan, 'free'>, currency: string): number | undefined {
  return Object.hasOwn(PRICES[plan], currency) ? PRICES[plan][currency] : undefined;
}

/** Whether the second plan is larger than the first. */
function isUpgrade(from: Plan, to: Plan): boolean {
  return ORDER.indexOf(to) > ORDER.indexOf(from);
}

/** Whether the second plan is smaller than the first. */
function isDowngrade(from: Plan, to: Plan): boolean {
  return ORDER.indexOf(to) < ORDER.indexOf(from);
}

/** An amount in units of its currency: 900 cents are 9 euros, 900 yen stay 900. */
export function inUnits(amountMinor: number, currency: string): number {
  const { maximumFractionDigits: digits = 2 } = new Intl.NumberFormat('en', {
    style: 'currency',
    currency,
  }).resolvedOptions();
  return amountMinor / 10 ** digits;
}
