import type { Server } from '@qr/common/server';
import type { AppContext } from '../app.ts';
import { generateBody, idParams, imageQuery } from '../schemas.ts';

const MEDIA_TYPES = { png: 'image/png', svg: 'image/svg+xml' } as const;

/**
 * Adds the pictures of codes. `GET /qr/:id/image.png` and `image.svg` draw a stored code for its owner: the query chooses the size, and its colour and error
 * correction override the stored ones. `POST /qr/preview` draws what `POST /qr/generate` would make of the same body, and keeps nothing.
 */
export function addImageRoutes(app: Server, { codes, sessions }: AppContext): void {
  for (const format of ['png', 'svg'] as const) {
    const schema = { params: idParams, querystring: imageQuery };
    app.get(`/qr/:id/image.${format}`, { schema }, async (request, reply) => {
      const { userId } = sessions.require(request);
      const image = await codes.image(userId, request.params.id, format, request.query);
      const { color, level } = request.query;
      // A code never changes its content or logo, but what is stored of its look may. Private, because the address is the owner's.
      const isFixed = color !== undefined && level !== undefined;
      const caching = isFixed ? 'private, max-age=3600' : 'private, no-cache';
      return reply.type(MEDIA_TYPES[format]).header('cache-control', caching).send(image);
    });
  }

  // The preview has an id of its own, so the pattern of a code that leads somewhere differs in the end. Not tracked: people type.
  app.post('/qr/preview', { schema: { body: generateBody } }, async (request, reply) => {
    const { userId } = sessions.require(request);
    const picture = await codes.preview(userId, request.body);
    return reply.type(MEDIA_TYPES.svg).header('cache-control', 'no-store').send(picture);
  });
}
