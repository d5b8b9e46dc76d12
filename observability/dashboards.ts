/** The platform's dashboards. `qr-obs dashboards apply` makes those of Sentry, and says how to make those of Mixpanel. */
export type {
  CohortCondition,
  FunnelReport,
  InsightsReport,
  MixpanelBoard,
  MixpanelCohort,
  MixpanelReport,
  PlannedEvent,
  RetentionReport,
} from './mixpanel-board.ts';
export { mixpanelBoards, mixpanelCohorts } from './mixpanel-boards.ts';
export type { SentryDashboard, SentryWidget } from './sentry-dashboard.ts';
export { sentryDashboards } from './sentry-dashboards.ts';
