import { AppError, requireServiceToken, type Server } from '@qr/common';
import type { AppContext } from '../app.ts';
import { anyIdParams, internalReply, statusOf } from '../schemas.ts';

/** `GET /internal/microsites/:id` tells other services whose a microsite is, and where it is found. */
export function addInternalRoute(app: Server, { store, serviceToken }: AppContext): void {
  const onRequest = requireServiceToken(serviceToken);
  const schema = { params: anyIdParams, response: { 200: internalReply }, hide: true };
  app.get('/internal/microsites/:id', { schema, onRequest }, async (request) => {
    const microsite = await store.findMicrosite(request.params.id);
    if (!microsite) throw new AppError({ statusCode: 404, code: 'not_found', message: 'There is no such microsite.' });
    const { id, ownerId, slug } = microsite;
    return { id, ownerId, slug, status: statusOf(microsite) };
  });
}
