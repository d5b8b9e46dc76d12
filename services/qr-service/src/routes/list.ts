import type { Server } from '@qr/common';
import type { AppContext } from '../app.ts';
import { listReply, pageQuery, toCodeReply } from '../schemas.ts';

/** `GET /qr` lists a person's codes, newest first. */
export function addListRoute(app: Server, { codes, contents, sessions }: AppContext): void {
  app.get('/qr', { schema: { querystring: pageQuery, response: { 200: listReply } } }, async (request) => {
    const { userId } = sessions.require(request);
    const { items, ...rest } = await codes.list(userId, request.query);
    return { items: items.map((code) => toCodeReply(code, contents.scanUrl(code))), ...rest };
  });
}
