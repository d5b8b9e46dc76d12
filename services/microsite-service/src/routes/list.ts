import type { Server } from '@qr/common';
import type { AppContext } from '../app.ts';
import { listReply, pageQuery, toMicrositeReply } from '../schemas.ts';

/** `GET /microsites` lists a person's microsites, newest first. */
export function addListRoute(app: Server, { microsites, sessions }: AppContext): void {
  const schema = { querystring: pageQuery, response: { 200: listReply } };
  app.get('/microsites', { schema }, async (request) => {
    const { userId } = sessions.require(request);
    const { items, nextCursor, total } = await microsites.list(userId, request.query);
    return {
      items: items.map((microsite) => toMicrositeReply(microsite, microsites.url(microsite))),
      nextCursor,
      total,
    };
  });
}
