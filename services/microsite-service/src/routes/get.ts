import type { Server } from '@qr/common';
import type { AppContext } from '../app.ts';
import { idParams, micrositeReply, toMicrositeReply } from '../schemas.ts';

/** `GET /microsites/:id` shows one microsite to its owner, as a draft. */
export function addGetRoute(app: Server, { microsites, sessions }: AppContext): void {
  app.get('/microsites/:id', { schema: { params: idParams, response: { 200: micrositeReply } } }, async (request) => {
    const { userId } = sessions.require(request);
    const microsite = await microsites.get(userId, request.params.id);
    return toMicrositeReply(microsite, microsites.url(microsite));
  });
}
