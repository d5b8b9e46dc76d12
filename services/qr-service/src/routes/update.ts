import { type Server, trackEvent } from '@qr/common';
import type { Static } from 'typebox';
import type { AppContext } from '../app.ts';
import { codeReply, idParams, toCodeReply, updateBody } from '../schemas.ts';

/** `PATCH /qr/:id` changes where a code leads and with which parameters, its title, its look, or whether it leads anywhere. */
export function addUpdateRoute(app: Server, { codes, contents, sessions }: AppContext): void {
  const schema = { params: idParams, body: updateBody, response: { 200: codeReply } };
  app.patch('/qr/:id', { schema }, async (request) => {
    const { userId } = sessions.require(request);
    const code = await codes.update(userId, request.params.id, request.body);
    trackEvent('qr_updated', userId, { qr_id: code.id, changed: changedOf(request.body) });
    return toCodeReply(code, contents.scanUrl(code));
  });
}

function changedOf({ destinationUrl, status, title, forwardsQuery }: Static<typeof updateBody>) {
  if (destinationUrl !== undefined) return 'destination';
  if (status !== undefined) return status === 'disabled' ? 'disabled' : 'enabled';
  if (title !== undefined) return 'title';
  return forwardsQuery === undefined ? 'look' : 'parameters';
}
