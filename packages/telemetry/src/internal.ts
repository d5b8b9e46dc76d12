export { isCountry } from './analytics/countries.ts';
export { timeOf } from './analytics/event-time.ts';
export { createIds, isDevice } from './analytics/ids.ts';
export type { InitializeMixpanelOptions } from './analytics/initialize.ts';
export { truncate } from './analytics/text.ts';
export { type Core, createCore } from './core.ts';
export { type LaneName, lanes } from './destinations/lanes.ts';
export { createMixpanelHttpTransport } from './destinations/mixpanel.ts';
export { personIdsOf } from './destinations/person-ids.ts';
export { createSentryHttpTransport } from './destinations/sentry.ts';
export type { MessageLevel, UserContext } from './errors/capture.ts';
export type { Errors, InitializeSentryOptions } from './errors/errors.ts';
export type { Gate } from './errors/gate.ts';
export { limitsFor, type Refill, refill, type TokenBucket, type Verdict } from './errors/rate-limit.ts';
export { toReportable } from './errors/reportable-error.ts';
export type { RequestState } from './errors/request-state.ts';
export { isThenable, type Job, suppressedLine } from './errors/requests.ts';
export type { Caller } from './errors/tracing.ts';
export type { People } from './people.ts';
export type { ObservabilityConfig } from './settings/config.ts';
export { ConfigError, loadConfig, loadConfigOrExit, readObservabilityConfig } from './settings/load-config.ts';
export { redisPrefixOf } from './settings/redis-prefix.ts';
export { PAGES_FOLDER } from './settings/spool-root.ts';
export { type StartShipperOptions, startShipper } from './shipper.ts';
export {
  createInstance,
  type IdentifyOptions,
  type Instance,
  type Internals,
  internals,
  type ObservabilityStats,
  type RevenuePropertiesOf,
  type TelemetryHandle,
} from './telemetry.ts';
export { toTimeLimit, within } from './time-limit.ts';
