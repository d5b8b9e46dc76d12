import type { Server } from '@qr/common';
import type { AppContext } from '../app.ts';
import { nameBody, toUserReply, userReply } from '../schemas.ts';

/** `GET /auth/me` says who is logged in; `PATCH /auth/me` changes what they are called. */
export function addMeRoute(app: Server, { accounts, sessions, requireSession }: AppContext): void {
  app.get('/auth/me', { schema: { response: { 200: userReply } } }, async (request) => {
    const { userId } = sessions.require(request);
    return toUserReply(await accounts.get(userId));
  });

  const options = { schema: { body: nameBody, response: { 200: userReply } }, onRequest: requireSession };
  app.patch('/auth/me', options, async (request) => {
    const { userId } = sessions.require(request);
    return toUserReply(await accounts.rename(userId, request.body.name));
  });
}
