import type { Server } from '@qr/common';
import { offers } from '../prices.ts';
import { plansReply } from '../schemas.ts';

/** `GET /auth/plans` lists the plans and their prices, for everyone. */
export function addPlansRoute(app: Server): void {
  const answer = { plans: [...offers] };
  app.get('/auth/plans', { schema: { response: { 200: plansReply } } }, async (_request, reply) => {
    // Short enough that a new price is known soon: an order at an old one is refused.
    reply.header('cache-control', 'public, max-age=300');
    return answer;
  });
}
