import { type Server, trackEvent } from '@qr/common';
import type { AppContext } from '../app.ts';
import { passwordBody } from '../schemas.ts';

/** `POST /auth/password` replaces the password. Every other session ends; this one goes on under a new one. */
export function addPasswordRoute(app: Server, context: AppContext): void {
  const { accounts, sessions, startSession, guesses, knownDevice, requireSession } = context;
  app.post('/auth/password', { schema: { body: passwordBody }, onRequest: requireSession }, async (request, reply) => {
    const { userId } = sessions.require(request);
    await guesses.admitPassword(reply, userId);
    const { currentPassword: current, newPassword: next } = request.body;
    const user = await accounts.changePassword(userId, { current, next });
    await guesses.passwordGiven(userId);
    // The marks of all browsers have ended with the old password.
    knownDevice.remember(reply, user);
    await startSession(reply, user);
    trackEvent('password_changed', userId);
    return reply.code(204).send();
  });
}
