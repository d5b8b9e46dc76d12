import type { Server } from '@qr/common';
import type { AppContext } from '../app.ts';
import { listQuery, listReply, toCodeReply } from '../schemas.ts';

/** `GET /qr` lists a person's codes: all, or those that match a search and were made between two days. */
export function addListRoute(app: Server, { codes, contents, sessions }: AppContext): void {
  app.get('/qr', { schema: { querystring: listQuery, response: { 200: listReply } } }, async (request) => {
    const { userId } = sessions.require(request);
    const { items, ...rest } = await codes.list(userId, request.query);
    return { items: items.map((code) => toCodeReply(code, contents.scanUrl(code))), ...rest };
  });
}
