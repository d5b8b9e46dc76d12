// What is made from the plan for people and tools. Apart from the plan itself, so that no service and no page loads it.

export type { PlanDocument } from './plan-documents.ts';
export { PLAN_EXPORT_PATH, planDocuments } from './plan-documents.ts';
export type { ExportedEvent, ExportedProperty, PlanExport } from './plan-export.ts';
export { exportPlan } from './plan-export.ts';
