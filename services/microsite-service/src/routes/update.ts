import { type Server, trackEvent } from '@qr/common';
import type { AppContext } from '../app.ts';
import { idParams, micrositeReply, toMicrositeReply, updateBody } from '../schemas.ts';

/** `PATCH /microsites/:id` changes the draft; visitors see it once it is published again. */
export function addUpdateRoute(app: Server, { microsites, sessions }: AppContext): void {
  const schema = { params: idParams, body: updateBody, response: { 200: micrositeReply } };
  app.patch('/microsites/:id', { schema }, async (request) => {
    const { userId } = sessions.require(request);
    const microsite = await microsites.update(userId, request.params.id, request.body);
    trackEvent('microsite_updated', userId, { microsite_id: microsite.id, link_count: microsite.links.length });
    return toMicrositeReply(microsite, microsites.url(microsite));
  });
}
