import { forgetUser, identifyUser, trackEvent, visitorId } from '@qr/common';
import { type Server, statusOfError } from '@qr/common/server';
import type { FastifyReply } from 'fastify';
import { normalizeEmail } from '../accounts.ts';
import type { AppContext } from '../app.ts';
import { deletionBody, nameBody, passwordBody, signupBody, toUserReply, userReply } from '../schemas.ts';

/** Adds the routes by which people make, change and delete their account. */
export function addAccountRoutes(app: Server, context: AppContext): void {
  const { accounts, sessions, startSession, endSession, guesses, knownDevice, erasures, requireSession } = context;

  // The failure is tracked by a hook because a body that its schema refuses never reaches the handler.
  const signup = { schema: { body: signupBody, response: { 201: userReply } }, onError: trackFailure };
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

async function trackFailure(
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
