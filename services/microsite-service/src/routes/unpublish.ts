import type { Server } from '@qr/common';
import type { AppContext } from '../app.ts';
import { idParams, micrositeReply, toMicrositeReply } from '../schemas.ts';

/** `POST /microsites/:id/unpublish` hides a microsite from visitors; its draft stays. */
export function addUnpublishRoute(app: Server, { microsites, sessions }: AppContext): void {
  const schema = { params: idParams, response: { 200: micrositeReply } };
  app.post('/microsites/:id/unpublish', { schema }, async (request) => {
    const { userId } = sessions.require(request);
    const microsite = await microsites.unpublish(userId, request.params.id);
    return toMicrositeReply(microsite, microsites.url(microsite));
  });
}
