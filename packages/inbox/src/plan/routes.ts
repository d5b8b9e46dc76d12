import type { FastifyInstance } from 'fastify';
import { uniqueNewestFirst } from '../query/records.ts';
import type { Store } from '../store/store.ts';
import { comparePlan } from './compare.ts';
import type { InboxPlan } from './inbox-plan.ts';
import { type PlanView, planWarnings } from './warnings.ts';

/** `GET /api/plan`: the tracking plan beside what arrived, and what the vendor makes of it without saying so. */
export function planRoute(app: FastifyInstance, plan: InboxPlan, store: Store): void {
  app.get('/api/plan', (): PlanView => {
    const events = [...uniqueNewestFirst(store)];
    return { ...comparePlan(plan, events), warnings: planWarnings(store, events) };
  });
}
