import { type Server, trackEvent } from '@qr/common';
import type { AppContext } from '../app.ts';

/** `POST /auth/logout` ends the session. Public and repeatable: whoever has none is logged out already. */
export function addLogoutRoute(app: Server, { sessions, refreshTokens, refreshCookie }: AppContext): void {
  app.post('/auth/logout', async (request, reply) => {
    const revoked = await refreshTokens.revoke(refreshCookie.read(request));
    sessions.clear(reply);
    refreshCookie.clear(reply);
    const userId = revoked?.userId ?? sessions.read(request)?.userId;
    if (userId !== undefined) trackEvent('logout', userId);
    return reply.code(204).send();
  });
}
