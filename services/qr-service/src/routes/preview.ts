import type { Server } from '@qr/common';
import type { AppContext } from '../app.ts';
import { generateBody } from '../schemas.ts';

/**
 * `POST /qr/preview` draws what `POST /qr/generate` would make of the same body, and keeps nothing. The id in a scan address is one of its own, so that
 * the pattern of a code that leads somewhere is still another in the end. Nothing is tracked: people type.
 */
export function addPreviewRoute(app: Server, { codes, sessions }: AppContext): void {
  app.post('/qr/preview', { schema: { body: generateBody } }, async (request, reply) => {
    const { userId } = sessions.require(request);
    const picture = await codes.preview(userId, request.body);
    return reply.type('image/svg+xml').header('cache-control', 'no-store').send(picture);
  });
}
