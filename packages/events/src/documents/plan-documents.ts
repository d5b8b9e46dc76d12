import type { Plan } from '../define-plan.ts';
import { exportPlan } from './plan-export.ts';
import { renderTrackingDocument } from './tracking-document.ts';

/** A file that is written from the plan alone. */
export interface PlanDocument {
  /** From the root of the repository. */
  readonly path: string;
  readonly content: string;
}

/** Where the plan lies as data, so that what it was at any commit can be read without running that commit's code. */
export const PLAN_EXPORT_PATH = 'packages/events/plan.json';

/** The files that say what the plan says: one for people, one for tools. */
export function planDocuments(plan: Plan): PlanDocument[] {
  return [
    { path: 'MIXPANEL_EVENTS_TRACKING.md', content: renderTrackingDocument(plan) },
    { path: PLAN_EXPORT_PATH, content: `${JSON.stringify(exportPlan(plan), null, 2)}\n` },
  ];
}
