import { randomUUID } from 'node:crypto';
import { forgetUser, identifyUser, trackEvent, trackRevenue, visitorId } from '@qr/common';
import { AppError, type Server, statusOfError } from '@qr/common/server';
import type { FastifyReply } from 'fastify';
import { inUnits, normalizeEmail, offers } from '../accounts.ts';
import type { AppContext } from '../app.ts';
import {
  deletionBody,
  loginBody,
  nameBody,
  passwordBody,
  planBody,
  plansReply,
  signupBody,
  toUserReply,
  userReply,
} from '../schemas.ts';

/** Adds the routes that start, renew, show and end a session. */
export function addSessionRoutes(app: Server, context: AppContext): void {
  const { accounts, sessions, refreshTokens, startSession, endSession, guesses, now } = context;
  const response = { 200: userReply };

  app.post(
    '/auth/login',
    { schema: { body: loginBody, response }, onError: trackFailedLogin },
    async (request, reply) => {
      const email = normalizeEmail(request.body.email);
      const found = await accounts.find(email);
      await guesses.admitLogin(request, reply, email, found);
      const user = await accounts.logIn(found, request.body.password);
      await guesses.loggedIn(request, user);
      await startSession(reply, user);
      trackEvent('login_completed', user.id, { email: user.email, login_method: 'email' });
      identifyUser(user.id, { $last_login: new Date(now()).toISOString() });
      return reply.send(toUserReply(user));
    },
  );

  app.post('/auth/refresh', { schema: { response } }, async (request, reply) => {
    const rotated = await refreshTokens.rotate(request);
    if (!rotated) {
      endSession(reply);
      throw new AppError({ statusCode: 401, code: 'session_ended', message: 'The session has ended. Log in again.' });
    }
    const user = await accounts.get(rotated.userId);
    sessions.issue(reply, { userId: user.id, plan: user.plan });
    refreshTokens.set(reply, rotated.token);
    return reply.send(toUserReply(user));
  });

  app.get('/auth/me', { schema: { response } }, async (request) => {
    const { userId } = sessions.require(request);
    return toUserReply(await accounts.get(userId));
  });

  // Public and repeatable: whoever has no session is logged out already.
  app.post('/auth/logout', async (request, reply) => {
    const revoked = await refreshTokens.revoke(request);
    endSession(reply);
    const userId = revoked?.userId ?? sessions.read(request)?.userId;
    if (userId !== undefined) trackEvent('logout', userId);
    return reply.code(204).send();
  });
}

async function trackFailedLogin(
  request: Parameters<typeof visitorId>[0],
  _reply: unknown,
  error: unknown,
): Promise<void> {
  const code = error instanceof AppError ? error.code : undefined;
  if (code === 'wrong_credentials' || code === 'too_many_attempts') {
    trackEvent('login_failed', visitorId(request), { reason: code });
  }
}

/** Adds the routes by which people make, change and delete their account. */
export function addAccountRoutes(app: Server, context: AppContext): void {
  const { accounts, sessions, startSession, endSession, guesses, knownDevice, erasures, requireSession } = context;

  // The failure is tracked by a hook because a body that its schema refuses never reaches the handler.
  const signup = { schema: { body: signupBody, response: { 201: userReply } }, onError: trackFailedSignup };
  app.post('/auth/signup', signup, async (request, reply) => {
    accounts.checkNewPassword(request.body);
    // The answer tells whether an e-mail address has an account.
    const email = normalizeEmail(request.body.email);
    await guesses.admitSignUp(request, reply, email);
    const user = await accounts.signUp(request.body);
    await guesses.signedUp(request, email);
    await startSession(reply, user);
    const { referer } = request.headers;
    trackEvent('signup_completed', user.id, {
      email: user.email,
      signup_method: 'email',
      plan: user.plan,
      ...(referer !== undefined && { source: referer }),
    });
    identifyUser(user.id, {
      $email: user.email,
      ...(user.name !== null && { $name: user.name }),
      $created: user.createdAt.toISOString(),
      plan: user.plan,
      total_qrs_created: 0,
    });
    return reply.code(201).send(toUserReply(user));
  });

  const rename = { schema: { body: nameBody, response: { 200: userReply } }, onRequest: requireSession };
  app.patch('/auth/me', rename, async (request) => {
    const { userId } = sessions.require(request);
    return toUserReply(await accounts.rename(userId, request.body.name));
  });

  // Every other session ends; this one goes on under a new refresh token.
  app.post('/auth/password', { schema: { body: passwordBody }, onRequest: requireSession }, async (request, reply) => {
    const { userId } = sessions.require(request);
    await guesses.admitPassword(reply, userId);
    const { currentPassword: current, newPassword: next } = request.body;
    const user = await accounts.changePassword(userId, { current, next });
    await guesses.passwordGiven(userId);
    await startSession(reply, user);
    trackEvent('password_changed', userId);
    return reply.code(204).send();
  });

  const deletion = { schema: { body: deletionBody }, onRequest: requireSession };
  app.delete('/auth/account', deletion, async (request, reply) => {
    const { userId } = sessions.require(request);
    await guesses.admitPassword(reply, userId);
    const user = await accounts.remove(userId, request.body.password, erasures.services);
    await guesses.forget(user);
    forgetUser(userId);
    // The answer does not wait for the others; what is not confirmed now is asked for again.
    void erasures.run();
    endSession(reply);
    knownDevice.forget(reply);
    // Of a visitor: nothing may be said of this person any more.
    trackEvent('account_deleted', visitorId(request));
    return reply.code(204).send();
  });
}

async function trackFailedSignup(
  request: Parameters<typeof visitorId>[0],
  reply: FastifyReply,
  error: unknown,
): Promise<void> {
  const statusCode = statusOfError(error, reply);
  const reason = statusCode >= 500 ? 'server_error' : REASONS[statusCode];
  if (reason) trackEvent('signup_failed', visitorId(request), { reason });
}

/** Other refusals, such as 429, are no failure to sign up. */
const REASONS: Readonly<Record<number, 'invalid' | 'email_taken'>> = { 400: 'invalid', 409: 'email_taken' };

/** Adds the routes that list plans and move an account to another. */
export function addPlanRoutes(app: Server, { accounts, sessions, requireSession }: AppContext): void {
  app.get('/auth/plans', { schema: { response: { 200: plansReply } } }, async (_request, reply) => {
    // Short enough that a new price is known soon: an order at an old one is refused.
    reply.header('cache-control', 'public, max-age=300');
    return { plans: [...offers] };
  });

  // A larger plan names its price, to which the person agreed; a smaller one is free of charge until the next month. Taking the money is left to a
  // payment provider, of which there is none here.
  const schema = { body: planBody, response: { 200: userReply } };
  app.post('/auth/plan', { schema, onRequest: requireSession }, async (request, reply) => {
    const { userId } = sessions.require(request);
    const { plan, amountMinor, currency } = request.body;
    const smaller = await accounts.downgrade(userId, plan);
    if (smaller) {
      sessions.issue(reply, { userId, plan });
      trackEvent('plan_downgraded', userId, { from_plan: smaller.from, to_plan: plan });
      identifyUser(userId, { plan });
      return reply.send(toUserReply(smaller.user));
    }
    if (amountMinor === undefined) requirePrice('amountMinor');
    if (currency === undefined) requirePrice('currency');
    const { user, from } = await accounts.upgrade(userId, { plan, amountMinor, currency });
    // The session says which plan its owner has.
    sessions.issue(reply, { userId, plan });
    trackEvent('plan_upgraded', userId, { from_plan: from, to_plan: plan });
    trackRevenue(userId, inUnits(amountMinor, currency), { currency, plan, orderId: randomUUID() });
    identifyUser(userId, { plan });
    return reply.send(toUserReply(user));
  });
}

/** @throws AppError 400 */
function requirePrice(field: string): never {
  throw new AppError({ code: 'price_required', message: `${field} is required for a larger plan`, field });
}
