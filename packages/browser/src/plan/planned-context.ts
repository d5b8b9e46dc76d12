import { createContextFilter } from '@qr/common/shared';
import { browserPlan } from '@qr/events/browser';
import { warnOnce } from '../warn-once.ts';

const filter = createContextFilter(browserPlan.contextKeys);

/** The part of an error's context or a breadcrumb's data that the plan lets leave; the rest is named on the console. */
export function plannedContext(context: unknown): Record<string, unknown> {
  const { context: kept, dropped } = filter(context);
  for (const key of dropped) warnOnce(`context key "${key}" is not in the tracking plan and was left out`);
  return kept;
}

/** The same without a word, for context that an SDK adds by itself. */
export function plannedPart(context: unknown): Record<string, unknown> {
  return filter(context).context;
}
