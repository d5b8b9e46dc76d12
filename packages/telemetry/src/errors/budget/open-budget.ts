import { join } from 'node:path';
import { newOwnerName } from '@qr/delivery';
import { core } from '../../instance.ts';
import type { ObservabilityConfig } from '../../settings/config.ts';
import { redisPrefixOf } from '../../settings/redis-prefix.ts';
import { ERRORS_FOLDER, spoolRootOf } from '../../settings/spool-root.ts';
import { createErrorBudget, type ErrorBudget, type ErrorBudgetOptions, unlimited } from '../error-budget.ts';
import { noStore } from './budget-store.ts';
import { openFileStore } from './file-store.ts';
import { joinBudget } from './shares.ts';
import { sendSummary } from './summary.ts';

/**
 * The budget that the environment asks for: with `OBSERVABILITY_REDIS_URL` that of all processes together, else that of this one. Its books are in a folder of
 * the errors' spool, beside what waits to be sent.
 */
export function openErrorBudget(config: ObservabilityConfig): ErrorBudget {
  const perMonth = config.SENTRY_ERROR_BUDGET_PER_MONTH ?? 5000;
  if (perMonth === 0) return unlimited;
  const root = spoolRootOf(config);
  const { OBSERVABILITY_REDIS_URL: redisUrl } = config;
  const service = core.serviceName() ?? 'service';
  const options = {
    perMonth,
    send: sendSummary,
    warn: (message: string) => console.warn(`[observability] ${message}`),
  };
  const share: ErrorBudgetOptions['share'] = (onChange) =>
    joinBudget({ redisUrl: redisUrl ?? '', prefix: redisPrefixOf(config), service, owner: newOwnerName(), onChange });
  try {
    return createErrorBudget({
      ...options,
      ...(redisUrl !== undefined && { share }),
      store: root === undefined ? noStore : openFileStore(join(root, ERRORS_FOLDER, 'budget'), core.warnOnce),
    });
  } catch (error) {
    core.warnOnce(
      `The error budget cannot use what is on disk: ${error instanceof Error ? error.message : String(error)}. It starts anew.`,
    );
    return createErrorBudget({ ...options, store: noStore });
  }
}
