import type { Server } from '@qr/common';
import type { AppContext } from '../app.ts';
import { idParams } from '../schemas.ts';

const MEDIA_TYPES = { png: 'image/png', svg: 'image/svg+xml' } as const;

/** `GET /qr/:id/image.png` and `image.svg` draw a code for its owner. */
export function addImageRoutes(app: Server, { codes, sessions }: AppContext): void {
  for (const format of ['png', 'svg'] as const) {
    app.get(`/qr/:id/image.${format}`, { schema: { params: idParams } }, async (request, reply) => {
      const { userId } = sessions.require(request);
      const image = await codes.image(userId, request.params.id, format);
      // A code never changes its content or logo; private, as its address is the owner's.
      return reply.type(MEDIA_TYPES[format]).header('cache-control', 'private, max-age=3600').send(image);
    });
  }
}
