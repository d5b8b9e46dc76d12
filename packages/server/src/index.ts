export { addressKey } from './addresses.ts';
export { type AnswerCache, type AnswerCacheOptions, createAnswerCache } from './answer-cache.ts';
export { statusOfError } from './answer-of-error.ts';
export { AppError, type AppErrorOptions } from './app-error.ts';
export { type BuildServerOptions, buildServer, type Server } from './build-server.ts';
export { type Cursor, decodeCursor, encodeCursor } from './cursor.ts';
export type { ErrorPages } from './error-handler.ts';
export type { ReadyChecks } from './health.ts';
export { addErasureRoute, type ErasureOptions } from './internal-routes.ts';
export { type ObservabilityPluginOptions, observabilityPlugin } from './observability-plugin.ts';
export {
  openRequestContext,
  type RequestContext,
  type RequestDescription,
  withRequestContext,
} from './requests/request-context.ts';
export { type ScheduleOptions, type StopSchedule, startSchedule } from './schedule/schedule.ts';
export {
  databaseVariables,
  originsVariable,
  originVariable,
  serverVariables,
  serviceTokenVariables,
  sessionVariables,
} from './server-variables.ts';
export {
  createServiceClient,
  type ServiceAnswer,
  type ServiceClient,
  type ServiceClientOptions,
} from './service-client.ts';
export { requireServiceToken } from './service-token.ts';
export { createSessions, type Session, type Sessions, type SessionsOptions } from './session.ts';
export { type TunnelOptions, tunnelPlugin } from './tunnel.ts';
export {
  type CountryOf,
  createDescribeVisitor,
  type DescribeVisitor,
  type DescribeVisitorOptions,
  type Visitor,
} from './visitor/describe-visitor.ts';
export { createVisitorId, isPrefetch, type VisitorId, type VisitorRequest } from './visitor/visitor-request.ts';
