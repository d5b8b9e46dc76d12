import type { Dashboards } from '@qr/alerts/config';
import { mixpanelBoards, mixpanelCohorts } from './mixpanel.ts';
import { sentryDashboards } from './sentry.ts';

/** The platform's dashboards. `qr-obs dashboards apply` creates those of Sentry, and lists the steps for those of Mixpanel. */
export const dashboards = { sentry: sentryDashboards, mixpanelBoards, mixpanelCohorts } satisfies Dashboards;
