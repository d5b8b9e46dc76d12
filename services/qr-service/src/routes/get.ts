import type { Server } from '@qr/common';
import type { AppContext } from '../app.ts';
import { codeReply, idParams, toCodeReply } from '../schemas.ts';

/** `GET /qr/:id` shows one code to its owner. */
export function addGetRoute(app: Server, { codes, contents, sessions }: AppContext): void {
  app.get('/qr/:id', { schema: { params: idParams, response: { 200: codeReply } } }, async (request) => {
    const { userId } = sessions.require(request);
    const code = await codes.get(userId, request.params.id);
    return toCodeReply(code, contents.scanUrl(code));
  });
}
