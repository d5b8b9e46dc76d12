import { type Server, trackEvent } from '@qr/common';
import type { AppContext } from '../app.ts';
import { idParams } from '../schemas.ts';

/** `DELETE /qr/:id` removes a code for good. */
export function addDeleteRoute(app: Server, { codes, sessions }: AppContext): void {
  app.delete('/qr/:id', { schema: { params: idParams } }, async (request, reply) => {
    const { userId } = sessions.require(request);
    await codes.remove(userId, request.params.id);
    trackEvent('qr_deleted', userId, { qr_id: request.params.id });
    return reply.code(204).send();
  });
}
