import { AppError, identifyUser, type Server, trackEvent, visitorId } from '@qr/common';
import { normalizeEmail } from '../accounts.ts';
import type { AppContext } from '../app.ts';
import { loginBody, toUserReply, userReply } from '../schemas.ts';

/** `POST /auth/login` starts a session. */
export function addLoginRoute(app: Server, context: AppContext): void {
  const { accounts, startSession, checkGuesses, lockout, knownDevice, now } = context;
  const schema = { body: loginBody, response: { 200: userReply } };
  app.post('/auth/login', { schema, onError: trackFailure }, async (request, reply) => {
    const email = normalizeEmail(request.body.email);
    await checkGuesses(request, reply, email);
    // Strangers who guess, from however many addresses, close an account to other strangers, not to its owner.
    if (!knownDevice.isKnown(request, email)) await lockout.admit(reply, email);
    const user = await accounts.logIn(request.body);
    await lockout.clear(email);
    knownDevice.remember(reply, email);
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
