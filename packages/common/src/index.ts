export type { FlushOutcome, LaneStats } from '@qr/delivery';
export * as Sentry from '@sentry/node';
export { withMonitor } from '@sentry/node';
export type { ObservabilityConfig } from './config.ts';
export {
  closeObservability,
  flushObservability,
  forgetUser,
  type ObservabilityStats,
  observabilityStats,
} from './lifecycle.ts';
export { ConfigError, loadConfig, loadConfigOrExit, readObservabilityConfig } from './load-config.ts';
export { getMixpanel, type InitializeMixpanelOptions, initializeMixpanel, mixpanel } from './mixpanel/init.ts';
export type { RevenueProperties } from './mixpanel/revenue.ts';
export { type StartShipperOptions, startShipper } from './mixpanel/start-shipper.ts';
export {
  type IdentifyOptions,
  identifyUser,
  trackEvent,
  trackRevenue,
} from './mixpanel/track.ts';
export { hashEmail } from './privacy/hash.ts';
export { sentIdOf } from './privacy/user-ids.ts';
export { type VisitorRequest, visitorId } from './privacy/visitor.ts';
export { type ScheduleOptions, type StopSchedule, startSchedule } from './schedule/schedule.ts';
export {
  addBreadcrumb,
  captureException,
  captureMessage,
  type MessageLevel,
  setUserContext,
  type UserContext,
} from './sentry/capture.ts';
export { type InitializeSentryOptions, initializeSentry } from './sentry/init.ts';
export { type Job, withJobContext } from './sentry/job-context.ts';
export { addressKey } from './server/address-key.ts';
export { type AnswerCache, type AnswerCacheOptions, createAnswerCache } from './server/answer-cache.ts';
export { statusOfError } from './server/answer-of-error.ts';
export { AppError, type AppErrorOptions } from './server/app-error.ts';
export { type BuildServerOptions, buildServer, type Server } from './server/build-server.ts';
export { type Cursor, decodeCursor, encodeCursor } from './server/cursor.ts';
export { addErasureRoute, type ErasureOptions } from './server/erasure-route.ts';
export type { ErrorPages } from './server/failure-answer.ts';
export type { ReadyChecks } from './server/health.ts';
export { type ObservabilityPluginOptions, observabilityPlugin } from './server/observability-plugin.ts';
export {
  databaseVariables,
  originsVariable,
  originVariable,
  serverVariables,
  serviceTokenVariables,
  sessionVariables,
} from './server/server-variables.ts';
export {
  createServiceClient,
  type ServiceAnswer,
  type ServiceClient,
  type ServiceClientOptions,
} from './server/service-client.ts';
export { requireServiceToken } from './server/service-token.ts';
export { createSessions, type Session, type Sessions, type SessionsOptions } from './server/session.ts';
export { type TunnelOptions, tunnelPlugin } from './server/tunnel.ts';
