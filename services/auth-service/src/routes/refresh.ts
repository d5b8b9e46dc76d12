import { AppError, type Server } from '@qr/common';
import type { AppContext } from '../app.ts';
import { toUserReply, userReply } from '../schemas.ts';

/** `POST /auth/refresh` renews the session with the refresh cookie, which is replaced. */
export function addRefreshRoute(app: Server, context: AppContext): void {
  const { accounts, sessions, refreshTokens, refreshCookie } = context;
  app.post('/auth/refresh', { schema: { response: { 200: userReply } } }, async (request, reply) => {
    const rotated = await refreshTokens.rotate(refreshCookie.read(request));
    if (!rotated) {
      sessions.clear(reply);
      refreshCookie.clear(reply);
      throw new AppError({ statusCode: 401, code: 'session_ended', message: 'The session has ended. Log in again.' });
    }
    const user = await accounts.get(rotated.userId);
    sessions.issue(reply, { userId: user.id, plan: user.plan });
    refreshCookie.set(reply, rotated.token);
    return reply.send(toUserReply(user));
  });
}
