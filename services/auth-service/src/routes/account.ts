import { forgetUser, type Server, trackEvent, visitorId } from '@qr/common';
import type { AppContext } from '../app.ts';
import { deletionBody } from '../schemas.ts';

/** `DELETE /auth/account` removes an account and everything of its owner, here and in the other services. */
export function addAccountRoute(app: Server, context: AppContext): void {
  const { accounts, sessions, refreshCookie, erasures, guesses, knownDevice, requireSession } = context;
  const options = { schema: { body: deletionBody }, onRequest: requireSession };
  app.delete('/auth/account', options, async (request, reply) => {
    const { userId } = sessions.require(request);
    await guesses.admitPassword(reply, userId);
    const user = await accounts.remove(userId, request.body.password, erasures.services);
    await guesses.forget(user);
    forgetUser(userId);
    // The answer does not wait for the others; what is not confirmed now is asked for again.
    void erasures.run();
    sessions.clear(reply);
    refreshCookie.clear(reply);
    knownDevice.forget(reply);
    // Of a visitor: nothing may be said of this person any more.
    trackEvent('account_deleted', visitorId(request));
    return reply.code(204).send();
  });
}
