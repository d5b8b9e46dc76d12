import { request } from './request.ts';

export interface User {
  readonly id: string;
  readonly email: string;
  readonly plan: 'free' | 'pro' | 'business';
  readonly createdAt: string;
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
