import type { Plan } from '@qr/plan';
import { LINK_EVENTS } from '../store/identity.ts';

/** A tracking plan, as far as the inbox reads it. */
export type InboxPlan = Plan & {
  /** The ordinary event that links a device to its user. */
  readonly identify?: string | undefined;
  /** The steps from a first visit to the goal, all of one user. @default first page, sign-up, first code */
  readonly funnel?: readonly string[] | undefined;
};

/** Scans are no step: visitors do them, not the users who made the codes. */
const DEFAULT_FUNNEL = ['page_viewed', 'signup_completed', 'qr_created'] as const;

/** Returns the steps that users are to go. */
export function funnelOf({ funnel = DEFAULT_FUNNEL }: InboxPlan): readonly string[] {
  return funnel;
}

/** The events that link ids and are no activity: those of the vendor, and the one that the plan names. */
export function linkEventsOf({ identify }: InboxPlan): ReadonlySet<string> {
  return identify === undefined ? LINK_EVENTS : new Set([...LINK_EVENTS, identify]);
}
