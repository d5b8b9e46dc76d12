import { AppError, identifyUser, type Server, trackEvent, visitorId } from '@qr/common';
import { normalizeEmail } from '../accounts.ts';
import type { AppContext } from '../app.ts';
import { loginBody, toUserReply, userReply } from '../schemas.ts';

/** `POST /auth/login` starts a session. */
export function addLoginRoute(app: Server, context: AppContext): void {
  const { accounts, startSession, guesses, knownDevice, now } = context;
  const schema = { body: loginBody, response: { 200: userReply } };
  app.post('/auth/login', { schema, onError: trackFailure }, async (request, reply) => {
    const email = normalizeEmail(request.body.email);
    const found = await accounts.find(email);
    await guesses.admitLogin(request, reply, email, found);
    const user = await accounts.logIn(found, request.body.password);
    await guesses.loggedIn(request, user);
    knownDevice.remember(reply, user);
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
