import { browserPlan } from '@qr/events/browser';
import { createContextFilter } from '@qr/telemetry/privacy';

const filter = createContextFilter(browserPlan.contextKeys);

/** The part of an error's context or a breadcrumb's data that the plan lets leave; the rest is named to `warn`. */
export function plannedContext(context: unknown, warn: (message: string) => void): Record<string, unknown> {
  const { context: kept, dropped } = filter(context);
  for (const key of dropped) warn(`context key "${key}" is not in the tracking plan and was left out`);
  return kept;
}

/** The same without a word, for context that an SDK adds by itself. */
export function plannedPart(context: unknown): Record<string, unknown> {
  return filter(context).context;
}
