import type { Plan } from '@qr/plan';
import { LINK_EVENTS } from '../store/identity.ts';

/** A tracking plan, as far as the inbox reads it. */
export type InboxPlan = Pick<Plan, 'events' | 'identify'> & {
  /** Events from a user's first visit to the goal, for the funnel that is shown first. @default none */
  readonly funnel?: readonly string[] | undefined;
};

/** Returns the events that link ids and are no activity: those of the vendor, and the one that the plan names. */
export function linkEventsOf(plan: InboxPlan | undefined): ReadonlySet<string> {
  return plan?.identify === undefined ? LINK_EVENTS : new Set([...LINK_EVENTS, plan.identify]);
}
