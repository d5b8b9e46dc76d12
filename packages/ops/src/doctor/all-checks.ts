import type { Check } from './check.ts';
import { alertToken } from './checks/alert-token.ts';
import { analytics } from './checks/analytics.ts';
import { clock } from './checks/clock.ts';
import { deadLetters } from './checks/dead-letters.ts';
import { inboxCheck } from './checks/inbox.ts';
import { mixpanelEvent } from './checks/mixpanel-event.ts';
import { page } from './checks/page.ts';
import { production } from './checks/production.ts';
import { redis } from './checks/redis.ts';
import { residency } from './checks/residency.ts';
import { sdkCopies } from './checks/sdk-copies.ts';
import { sentryError } from './checks/sentry-error.ts';
import { services } from './checks/services.ts';
import { spelling } from './checks/spelling.ts';
import { spoolFolder } from './checks/spool-folder.ts';
import { variables } from './checks/variables.ts';
import { mixpanelHost, sentryHost } from './checks/vendor-host.ts';

/** Every check, each behind those that it needs: first what can be told without the network. */
export const allChecks: readonly Check[] = [
  variables,
  spelling,
  production,
  page,
  residency,
  spoolFolder,
  deadLetters,
  sdkCopies,
  inboxCheck,
  mixpanelHost,
  sentryHost,
  clock,
  redis,
  services,
  analytics,
  mixpanelEvent,
  sentryError,
  alertToken,
];
