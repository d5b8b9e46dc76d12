import type { Server } from '@qr/common';
import type { AppContext } from '../app.ts';
import { idParams, imageQuery } from '../schemas.ts';

const MEDIA_TYPES = { png: 'image/png', svg: 'image/svg+xml' } as const;

/**
 * `GET /qr/:id/image.png` and `image.svg` draw a code for its owner. The query chooses the size; a colour or error correction in it stands in for the
 * stored one.
 */
export function addImageRoutes(app: Server, { codes, sessions }: AppContext): void {
  for (const format of ['png', 'svg'] as const) {
    app.get(
      `/qr/:id/image.${format}`,
      { schema: { params: idParams, querystring: imageQuery } },
      async (request, reply) => {
        const { userId } = sessions.require(request);
        const image = await codes.image(userId, request.params.id, format, request.query);
        const { color, level } = request.query;
        // A code never changes its content or logo, but what is stored of its look may. Private, because the address is the owner's.
        const isFixed = color !== undefined && level !== undefined;
        const caching = isFixed ? 'private, max-age=3600' : 'private, no-cache';
        return reply.type(MEDIA_TYPES[format]).header('cache-control', caching).send(image);
      },
    );
  }
}
