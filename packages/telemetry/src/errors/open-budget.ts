import { join } from 'node:path';
import { newOwnerName } from '@qr/delivery';
import { core } from '../instance.ts';
import type { ObservabilityConfig } from '../settings/config.ts';
import { redisPrefixOf } from '../settings/redis-prefix.ts';
import { ERRORS_FOLDER, spoolRootOf } from '../settings/spool-root.ts';
import { joinBudget } from './budget-shares.ts';
import { createErrorBudget, type ErrorBudget, type ErrorBudgetOptions, unlimited } from './rate-limit.ts';
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
  const share: ErrorBudgetOptions['share'] = (onChange) =>
    joinBudget({
      ...{ redisUrl: redisUrl ?? '', prefix: redisPrefixOf(config), service, owner: newOwnerName() },
      ...{ onChange, warn: core.warnOnce },
    });
  return createErrorBudget({
    perMonth,
    send: sendSummary,
    log: (message) => console.warn(`[observability] ${message}`),
    warn: core.warnOnce,
    folder: root && join(root, ERRORS_FOLDER, 'budget'),
    ...(redisUrl !== undefined && { share }),
  });
}
