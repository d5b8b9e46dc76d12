import { AppError, requireServiceToken, type Server } from '@qr/common';
import type { AppContext } from '../app.ts';
import { anyIdParams, internalReply } from '../schemas.ts';

/** `GET /internal/qrs/:id` tells other services where a code leads. */
export function addInternalRoute(app: Server, { store, serviceToken }: AppContext): void {
  const onRequest = requireServiceToken(serviceToken);
  const schema = { params: anyIdParams, response: { 200: internalReply }, hide: true };
  app.get('/internal/qrs/:id', { schema, onRequest }, async (request) => {
    const code = await store.findCode(request.params.id);
    if (!code) throw new AppError({ statusCode: 404, code: 'not_found', message: 'There is no such code.' });
    return code;
  });
}
