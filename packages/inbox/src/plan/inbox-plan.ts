import type { Plan } from '@qr/plan';
import { LINK_EVENTS } from '../store/identity.ts';

/** A tracking plan, as far as the inbox reads it. */
export type InboxPlan = Plan & {
  /** The ordinary event that links a device to its user. */
  readonly identify?: string | undefined;
};

/** The events that link ids and are no activity: those of the vendor, and the one that the plan names. */
export function linkEventsOf({ identify }: InboxPlan): ReadonlySet<string> {
  return identify === undefined ? LINK_EVENTS : new Set([...LINK_EVENTS, identify]);
}
