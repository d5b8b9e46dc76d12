export { isCountry } from './analytics/countries.ts';
export { timeOf } from './analytics/event-time.ts';
export { isDevice, sendableIdOf, usableDeviceIdOf } from './analytics/identity.ts';
export { getMixpanel, type InitializeMixpanelOptions, initializeMixpanel, mixpanel } from './analytics/init.ts';
export type { RevenueProperties } from './analytics/revenue.ts';
export { type StartShipperOptions, startShipper } from './analytics/start-shipper.ts';
export { type IdentifyOptions, identifyUser, trackEvent, trackRevenue } from './analytics/track.ts';
export { truncate } from './analytics/truncate.ts';
export { type LaneName, lanes } from './destinations/lanes.ts';
export { createMixpanelHttpTransport } from './destinations/mixpanel-http.ts';
export { personIdsOf } from './destinations/person-ids.ts';
export { createSentryHttpTransport } from './destinations/sentry-http.ts';
export { limitsFor } from './errors/budget/limits.ts';
export {
  addBreadcrumb,
  captureException,
  captureMessage,
  type MessageLevel,
  report,
  setUserContext,
  type UserContext,
} from './errors/capture.ts';
export type { Verdict } from './errors/error-budget.ts';
export { type InitializeSentryOptions, initializeSentry, isSentryOn } from './errors/init.ts';
export { type Job, withJobContext } from './errors/job-context.ts';
export { logToSentry } from './errors/logs.ts';
export { scrubEnvelope } from './errors/redact-telemetry.ts';
export { toReportable } from './errors/reportable-error.ts';
export type { RequestData } from './errors/request-data.ts';
export { createRequestScopes } from './errors/request-scope.ts';
export {
  attachState,
  createRequestState,
  endState,
  type RequestState,
  rememberReport,
  reportedAs,
} from './errors/request-state.ts';
export { type Caller, isHealthRoute, REQUEST_ORIGIN, sample } from './errors/sampling.ts';
export { sentryState } from './errors/state.ts';
export { suppressedLine, verdictOfAnswer } from './errors/verdict.ts';
export { core } from './instance.ts';
export {
  closeObservability,
  flushObservability,
  forgetUser,
  type ObservabilityStats,
  observabilityStats,
} from './lifecycle.ts';
export type { ObservabilityConfig } from './settings/config.ts';
export { ConfigError, loadConfig, loadConfigOrExit, readObservabilityConfig } from './settings/load-config.ts';
export { redisPrefixOf } from './settings/redis-prefix.ts';
export { PAGES_FOLDER, spoolRootOf } from './settings/spool-root.ts';
export { toTimeLimit, within } from './time-limit.ts';
export { type Refill, refill, type TokenBucket } from './token-bucket.ts';
