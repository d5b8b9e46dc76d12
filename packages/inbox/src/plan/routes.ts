import type { FastifyInstance } from 'fastify';
import { uniqueNewestFirst } from '../query/deduplicate.ts';
import type { Store } from '../store/store.ts';
import { comparePlan, type PlanComparison } from './compare.ts';
import type { InboxPlan } from './inbox-plan.ts';
import { type PlanWarning, planWarnings } from './warnings.ts';

/** What the page's view of the plan shows. */
export interface PlanView extends PlanComparison {
  readonly warnings: readonly PlanWarning[];
}

/** `GET /api/plan`: the tracking plan beside what arrived, and what the vendor makes of it without saying so. */
export function planRoute(app: FastifyInstance, plan: InboxPlan, store: Store): void {
  app.get('/api/plan', (): PlanView => {
    const events = [...uniqueNewestFirst(store.of('event'))];
    return { ...comparePlan(plan, events), warnings: planWarnings(store, events) };
  });
}
