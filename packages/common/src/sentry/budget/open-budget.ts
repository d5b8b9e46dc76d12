import { join } from 'node:path';
import type { ObservabilityConfig } from '../../config.ts';
import { ERRORS_FOLDER, spoolRootOf } from '../../spool-root.ts';
import { warnOnce } from '../../warn-once.ts';
import { createErrorBudget, type ErrorBudget, unlimited } from '../error-budget.ts';
import { noStore } from './budget-store.ts';
import { openFileStore } from './file-store.ts';
import { sendSummary } from './summary.ts';

/** The budget that the environment asks for. Its books are in a folder of the errors' spool, beside what waits to be sent. */
export function openErrorBudget(config: ObservabilityConfig): ErrorBudget {
  const perMonth = config.SENTRY_ERROR_BUDGET_PER_MONTH ?? 5000;
  if (perMonth === 0) return unlimited;
  const root = spoolRootOf(config);
  return createErrorBudget({
    perMonth,
    store: root === undefined ? noStore : openFileStore(join(root, ERRORS_FOLDER, 'budget'), warnOnce),
    send: sendSummary,
    warn: (message) => console.warn(`[observability] ${message}`),
  });
}
