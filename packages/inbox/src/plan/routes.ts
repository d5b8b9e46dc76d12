import type { FastifyInstance } from 'fastify';
import { uniqueNewestFirst } from '../query/records.ts';
import type { Store } from '../store/store.ts';
import { comparePlan } from './compare.ts';
import type { InboxPlan } from './inbox-plan.ts';
import { type PlanView, planWarnings } from './warnings.ts';

/** `GET /api/plan`: the tracking plan beside what arrived, and what the vendor makes of it without saying so. */
export function planRoute(app: FastifyInstance, plan: InboxPlan | undefined, store: Store): void {
  app.get('/api/plan', (): PlanView => {
    const events = [...uniqueNewestFirst(store)];
    const comparison = plan === undefined ? { planned: [], unplanned: [] } : comparePlan(plan, events);
    return { ...comparison, hasPlan: plan !== undefined, warnings: planWarnings(store, events) };
  });
}
