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
export type { MessageLevel, UserContext } from './errors/capture.ts';
export type { InitializeSentryOptions } from './errors/errors.ts';
export { limitsFor, type Verdict } from './errors/rate-limit.ts';
export { toReportable } from './errors/reportable-error.ts';
export type { RequestState } from './errors/request-state.ts';
export { isThenable, type Job, type OpenedRequest, type Requests, suppressedLine } from './errors/requests.ts';
export type { Caller } from './errors/tracing.ts';
export {
  addBreadcrumb,
  captureException,
  captureMessage,
  errors,
  initializeSentry,
  isSentryOn,
  setUserContext,
  withJobContext,
} from './errors-instance.ts';
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
