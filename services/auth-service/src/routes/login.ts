import { AppError, identifyUser, type Server, trackEvent, visitorId } from '@qr/common';
import type { AppContext } from '../app.ts';
import { loginBody, toUserReply, userReply } from '../schemas.ts';

/** `POST /auth/login` starts a session. */
export function addLoginRoute(app: Server, { accounts, startSession, checkGuesses, now }: AppContext): void {
  const schema = { body: loginBody, response: { 200: userReply } };
  app.post('/auth/login', { schema, onError: trackFailure }, async (request, reply) => {
    await checkGuesses(request, reply, request.body.email.trim().toLowerCase());
    const user = await accounts.logIn(request.body);
    await startSession(reply, user);
    trackEvent('login_completed', user.id, { email: user.email, login_method: 'email' });
    identifyUser(user.id, { $last_login: new Date(now()).toISOString() });
    return reply.send(toUserReply(user));
  });
}

async function trackFailure(request: Parameters<typeof visitorId>[0], _reply: unknown, error: unknown): Promise<void> {
  const code = error instanceof AppError ? error.code : undefined;
  if (code === 'wrong_credentials' || code === 'too_many_attempts') {
    trackEvent('login_failed', visitorId(request), { reason: code });
  }
}
