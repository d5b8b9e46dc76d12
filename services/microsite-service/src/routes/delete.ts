import { type Server, trackEvent } from '@qr/common';
import type { AppContext } from '../app.ts';
import { idParams } from '../schemas.ts';

/** `DELETE /microsites/:id` removes a microsite for good. */
export function addDeleteRoute(app: Server, { microsites, sessions }: AppContext): void {
  app.delete('/microsites/:id', { schema: { params: idParams } }, async (request, reply) => {
    const { userId } = sessions.require(request);
    await microsites.remove(userId, request.params.id);
    trackEvent('microsite_deleted', userId, { microsite_id: request.params.id });
    return reply.code(204).send();
  });
}
