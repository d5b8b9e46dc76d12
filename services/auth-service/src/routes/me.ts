import type { Server } from '@qr/common';
import type { AppContext } from '../app.ts';
import { toUserReply, userReply } from '../schemas.ts';

/** `GET /auth/me` says who is logged in. */
export function addMeRoute(app: Server, { accounts, sessions }: AppContext): void {
  app.get('/auth/me', { schema: { response: { 200: userReply } } }, async (request) => {
    const { userId } = sessions.require(request);
    return toUserReply(await accounts.get(userId));
  });
}
