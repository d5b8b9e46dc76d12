// Files that are made from a plan, for people and tools. Apart from the plan itself, so that no service and no page loads it.

export { renderBrowserPlan, renderPagePlan } from './browser-plan.ts';
export type { PlanDocument, PlanPaths } from './plan-documents.ts';
export { planDocuments } from './plan-documents.ts';
export type { ExportedEvent, ExportedProperty, PlanExport } from './plan-export.ts';
export { exportPlan } from './plan-export.ts';
