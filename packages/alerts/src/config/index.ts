export type { Config, ConfigDefinition, Lazy, PlanPaths, Service, ServiceDefinition } from './config.ts';
export { defineConfig } from './config.ts';
export type {
  CohortCondition,
  Dashboards,
  FunnelReport,
  InsightsReport,
  MixpanelBoard,
  MixpanelCohort,
  MixpanelReport,
  RetentionReport,
  SentryDashboard,
  SentryWidget,
} from './dashboards.ts';
export { findConfig, type LoadedConfig, type LoadOptions, loadConfig } from './load-config.ts';
