import { identifyUser, trackEvent, visitorId } from '@qr/common';
import { AppError, type Server } from '@qr/common/server';
import { normalizeEmail } from '../accounts.ts';
import type { AppContext } from '../app.ts';
import { loginBody, toUserReply, userReply } from '../schemas.ts';

/** Adds the routes that start, renew, show and end a session. */
export function addSessionRoutes(app: Server, context: AppContext): void {
  const { accounts, sessions, refreshTokens, startSession, endSession, guesses, now } = context;
  const response = { 200: userReply };

  app.post('/auth/login', { schema: { body: loginBody, response }, onError: trackFailure }, async (request, reply) => {
    const email = normalizeEmail(request.body.email);
    const found = await accounts.find(email);
    await guesses.admitLogin(request, reply, email, found);
    const user = await accounts.logIn(found, request.body.password);
    await guesses.loggedIn(request, user);
    await startSession(reply, user);
    trackEvent('login_completed', user.id, { email: user.email, login_method: 'email' });
    identifyUser(user.id, { $last_login: new Date(now()).toISOString() });
    return reply.send(toUserReply(user));
  });

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

async function trackFailure(request: Parameters<typeof visitorId>[0], _reply: unknown, error: unknown): Promise<void> {
  const code = error instanceof AppError ? error.code : undefined;
  if (code === 'wrong_credentials' || code === 'too_many_attempts') {
    trackEvent('login_failed', visitorId(request), { reason: code });
  }
}
