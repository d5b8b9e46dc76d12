import { randomUUID } from 'node:crypto';
import { AppError } from '@qr/common';
import { hashPassword, matchesPassword } from './passwords.ts';
import type { Store, User } from './store.ts';

/** What a person gives to sign up. */
interface Registration {
  readonly email: string;
  readonly password: string;
  readonly name?: string;
}

/** Who may come in. */
export interface Accounts {
  /** @throws AppError 409 when the address is taken. */
  signUp(registration: Registration): Promise<User>;
  /** @throws AppError 401, the same and after the same time for an unknown address and a wrong password. */
  logIn(credentials: { readonly email: string; readonly password: string }): Promise<User>;
  /** @throws AppError 401 when the account is gone. */
  get(userId: string): Promise<User>;
}

/** The rules of signing up and logging in. */
export function createAccounts({ store, now }: { readonly store: Store; readonly now: () => number }): Accounts {
  return {
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

    async logIn({ email, password }) {
      const user = await store.findUserByEmail(normalizeEmail(email));
      const matches = await matchesPassword(user?.passwordHash, password);
      if (user && matches) return user;
      throw new AppError({
        statusCode: 401,
        code: 'wrong_credentials',
        message: 'The e-mail address or the password is wrong.',
      });
    },

    async get(userId) {
      const user = await store.findUserById(userId);
      if (user) return user;
      throw new AppError({ statusCode: 401, code: 'unauthorized', message: 'Log in to continue.' });
    },
  };
}

function normalizeEmail(email: string): string {
  return email.trim().toLowerCase();
}
