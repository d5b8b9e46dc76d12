import { request } from './request.ts';

export type PlanName = 'free' | 'pro' | 'business';

export interface User {
  readonly id: string;
  readonly email: string;
  readonly name: string | null;
  readonly plan: PlanName;
  readonly createdAt: string;
}

/** A plan and what a month of it costs, in minor units of each currency in which it is sold. */
export interface Plan {
  readonly name: PlanName;
  readonly prices: Readonly<Record<string, number>>;
}

/** What a person agrees to pay for which plan. */
export interface Order {
  readonly plan: PlanName;
  readonly amountMinor: number;
  readonly currency: string;
}

interface UserAnswer {
  readonly user: User;
}

export interface Credentials {
  readonly email: string;
  readonly password: string;
}

export async function signUp(account: Credentials & { readonly name?: string }): Promise<User> {
  return (await request<UserAnswer>('/auth/signup', { method: 'POST', body: account, renewsSession: false })).user;
}

export async function logIn(credentials: Credentials): Promise<User> {
  return (await request<UserAnswer>('/auth/login', { method: 'POST', body: credentials, renewsSession: false })).user;
}

export async function logOut(): Promise<void> {
  await request('/auth/logout', { method: 'POST', renewsSession: false });
}

/** Who is logged in. */
export async function currentUser(signal: AbortSignal): Promise<User> {
  return (await request<UserAnswer>('/auth/me', { signal })).user;
}

/** From the smallest to the largest. */
export async function listPlans(signal: AbortSignal): Promise<readonly Plan[]> {
  return (await request<{ readonly plans: readonly Plan[] }>('/auth/plans', { signal })).plans;
}

/** Moves the account to another plan: to a larger one for its price, to a smaller one without. */
export async function changePlan(order: Order | Pick<Order, 'plan'>): Promise<User> {
  return (await request<UserAnswer>('/auth/plan', { method: 'POST', body: order })).user;
}

/** An empty name is none. */
export async function rename(name: string): Promise<User> {
  return (await request<UserAnswer>('/auth/me', { method: 'PATCH', body: { name } })).user;
}

// Of a wrong password these two say 403: a 401 means the session here, as everywhere else.

/** Ends every other session of the account. */
export async function changePassword(passwords: {
  readonly currentPassword: string;
  readonly newPassword: string;
}): Promise<void> {
  await request('/auth/password', { method: 'POST', body: passwords });
}

/** Deletes the account and all that belongs to it, and ends the session. */
export async function deleteAccount(password: string): Promise<void> {
  await request('/auth/account', { method: 'DELETE', body: { password } });
}
