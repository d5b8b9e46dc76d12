import { type Server, trackEvent } from '@qr/common';
import type { AppContext } from '../app.ts';
import { passwordBody } from '../schemas.ts';

/** `POST /auth/password` replaces the password. Every other session ends; this one goes on under a new one. */
export function addPasswordRoute(app: Server, context: AppContext): void {
  const { accounts, sessions, startSession, checkGuesses, requireSession } = context;
  app.post('/auth/password', { schema: { body: passwordBody }, onRequest: requireSession }, async (request, reply) => {
    const { userId } = sessions.require(request);
    // Whoever found an open session must not try passwords without end.
    await checkGuesses(request, reply, userId);
    const { currentPassword: current, newPassword: next } = request.body;
    const user = await accounts.changePassword(userId, { current, next });
    await startSession(reply, user);
    trackEvent('password_changed', userId);
    return reply.code(204).send();
  });
}
