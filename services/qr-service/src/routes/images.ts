import type { Server } from '@qr/common';
import type { AppContext } from '../app.ts';
import { idParams, imageQuery } from '../schemas.ts';

const MEDIA_TYPES = { png: 'image/png', svg: 'image/svg+xml' } as const;

/** `GET /qr/:id/image.png` and `image.svg` draw a code for its owner, in the size, colour and error correction that the query names. */
export function addImageRoutes(app: Server, { codes, sessions }: AppContext): void {
  for (const format of ['png', 'svg'] as const) {
    app.get(
      `/qr/:id/image.${format}`,
      { schema: { params: idParams, querystring: imageQuery } },
      async (request, reply) => {
        const { userId } = sessions.require(request);
        const image = await codes.image(userId, request.params.id, format, request.query);
        // A code never changes its content or logo; private, as its address is the owner's.
        return reply.type(MEDIA_TYPES[format]).header('cache-control', 'private, max-age=3600').send(image);
      },
    );
  }
}
