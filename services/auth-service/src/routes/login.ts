// For the type of `app.createRateLimit`.
import type {} from '@fastify/rate-limit';
import { AppError, identifyUser, type Server, trackEvent } from '@qr/common';
import type { Static } from 'typebox';
import type { AppContext } from '../app.ts';
import { loginBody, toUserReply, userReply } from '../schemas.ts';

/** `POST /auth/login` starts a session. */
export function addLoginRoute(app: Server, { accounts, startSession, now }: AppContext): void {
  const guesses = app.createRateLimit(guessingLimit);
  const schema = { body: loginBody, response: { 200: userReply } };
  app.post('/auth/login', { schema }, async (request, reply) => {
    const limit = await guesses(request);
    if (!limit.isAllowed && limit.isExceeded) {
      reply.header('retry-after', limit.ttlInSeconds);
      throw new AppError({ statusCode: 429, code: 'too_many_attempts', message: 'Too many attempts. Wait a minute.' });
    }
    const user = await accounts.logIn(request.body);
    await startSession(reply, user);
    trackEvent('login_completed', user.id, { email: user.email, login_method: 'email' });
    identifyUser(user.id, { $last_login: new Date(now()).toISOString() });
    return reply.send(toUserReply(user));
  });
}

/** Attempts at one account from one address. By address too, so that a stranger's guesses do not lock its owner out. */
const guessingLimit = {
  max: 10,
  timeWindow: 60_000,
  keyGenerator: ({ ip, body }: { ip: string; body?: unknown }) =>
    `${ip} ${(body as Static<typeof loginBody>).email.trim().toLowerCase()}`,
};
