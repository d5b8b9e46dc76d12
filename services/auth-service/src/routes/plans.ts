import { randomUUID } from 'node:crypto';
import { identifyUser, trackEvent, trackRevenue } from '@qr/common';
import { AppError, type Server } from '@qr/common/server';
import type { AppContext } from '../app.ts';
import { inUnits, offers } from '../prices.ts';
import { planBody, plansReply, toUserReply, userReply } from '../schemas.ts';

/** Adds the routes that list plans and move an account to another. */
export function addPlanRoutes(app: Server, { accounts, sessions, requireSession }: AppContext): void {
  app.get('/auth/plans', { schema: { response: { 200: plansReply } } }, async (_request, reply) => {
    // Short enough that a new price is known soon: an order at an old one is refused.
    reply.header('cache-control', 'public, max-age=300');
    return { plans: [...offers] };
  });

  // A larger plan names its price, to which the person agreed; a smaller one is free of charge until the next month. Taking the money is left to a
  // payment provider, of which there is none here.
  const schema = { body: planBody, response: { 200: userReply } };
  app.post('/auth/plan', { schema, onRequest: requireSession }, async (request, reply) => {
    const { userId } = sessions.require(request);
    const { plan, amountMinor, currency } = request.body;
    const smaller = await accounts.downgrade(userId, plan);
    if (smaller) {
      sessions.issue(reply, { userId, plan });
      trackEvent('plan_downgraded', userId, { from_plan: smaller.from, to_plan: plan });
      identifyUser(userId, { plan });
      return reply.send(toUserReply(smaller.user));
    }
    if (amountMinor === undefined) requirePrice('amountMinor');
    if (currency === undefined) requirePrice('currency');
    const { user, from } = await accounts.upgrade(userId, { plan, amountMinor, currency });
    // The session says which plan its owner has.
    sessions.issue(reply, { userId, plan });
    trackEvent('plan_upgraded', userId, { from_plan: from, to_plan: plan });
    trackRevenue(userId, inUnits(amountMinor, currency), { currency, plan, orderId: randomUUID() });
    identifyUser(userId, { plan });
    return reply.send(toUserReply(user));
  });
}

/** @throws AppError 400 */
function requirePrice(field: string): never {
  throw new AppError({ code: 'price_required', message: `${field} is required for a larger plan`, field });
}
