import { randomUUID } from 'node:crypto';
import { identifyUser, type Server, trackEvent, trackRevenue } from '@qr/common';
import type { AppContext } from '../app.ts';
import { inUnits } from '../prices.ts';
import { planBody, toUserReply, userReply } from '../schemas.ts';

/** `POST /auth/plan` moves the account to a larger plan. Taking the money is left to a payment provider, of which there is none here. */
export function addPlanRoute(app: Server, { accounts, sessions, requireSession }: AppContext): void {
  const schema = { body: planBody, response: { 200: userReply } };
  app.post('/auth/plan', { schema, onRequest: requireSession }, async (request, reply) => {
    const { userId } = sessions.require(request);
    const { plan, amountMinor, currency } = request.body;
    const { user, from } = await accounts.upgrade(userId, request.body);
    // The session says which plan its owner has.
    sessions.issue(reply, { userId, plan });
    trackEvent('plan_upgraded', userId, { from_plan: from, to_plan: plan });
    trackRevenue(userId, inUnits(amountMinor, currency), { currency, plan, orderId: randomUUID() });
    identifyUser(userId, { plan });
    return reply.send(toUserReply(user));
  });
}
