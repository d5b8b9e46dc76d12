import type { Plan } from '../define-plan.ts';
import { exportPlan } from './plan-export.ts';
import { renderTrackingDocument } from './tracking-document.ts';

/** Where the documents of a plan are, from the root of the repository. */
export interface PlanPaths {
  /** The tracking document: Markdown for people. */
  readonly document: string;
  /** The plan as JSON, so that the plan at any commit can be read without running that commit's code. */
  readonly data: string;
}

/** A file that is written from the plan alone. */
export interface PlanDocument {
  /** From the root of the repository. */
  readonly path: string;
  readonly content: string;
}

/** Renders the two documents of a plan. */
export function planDocuments(plan: Plan, paths: PlanPaths): PlanDocument[] {
  return [
    { path: paths.document, content: renderTrackingDocument(plan) },
    { path: paths.data, content: `${JSON.stringify(exportPlan(plan), null, 2)}\n` },
  ];
}
