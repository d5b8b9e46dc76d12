import { BROWSERS, plan, planName } from '@qr/events';
import * as server from '@qr/server';
import type { FastifyPluginAsync, FastifyPluginCallback } from 'fastify';
import { bindBuildServer } from './build-server.ts';
import { instance } from './instance.ts';

export {
  type AnswerCache,
  type AnswerCacheOptions,
  AppError,
  type AppErrorOptions,
  addressKey,
  type Cursor,
  createAnswerCache,
  createServiceClient,
  databaseVariables,
  decodeCursor,
  type ErrorPages,
  encodeCursor,
  originsVariable,
  originVariable,
  type ReadyChecks,
  requireServiceToken,
  type Server,
  type ServiceAnswer,
  type ServiceClient,
  type ServiceClientOptions,
  type StopSchedule,
  serverVariables,
  serviceTokenVariables,
  sessionVariables,
  statusOfError,
} from '@qr/server';
export type { BuildServerOptions } from './build-server.ts';

export type ErasureOptions = Omit<server.ErasureOptions, 'telemetry'>;
export type ObservabilityPluginOptions = Omit<server.ObservabilityPluginOptions, 'telemetry'>;
export type ScheduleOptions = Omit<server.ScheduleOptions, 'telemetry'>;
export type SessionsOptions = Omit<server.SessionsOptions, 'telemetry' | 'issuer' | 'claims'>;
export type TunnelOptions = Omit<server.TunnelOptions, 'telemetry' | 'plan' | 'browsers'>;
/** Who sent a request: the user, and the subscription. */
export type Session = server.Session<typeof claims>;
export type Sessions = server.Sessions<Session>;

const claims = { plan: planName };
const telemetry = instance;

export const buildServer = bindBuildServer(server.buildServer);

/** {@link server.observabilityPlugin} for this process. */
export const observabilityPlugin = bindPlugin(server.observabilityPlugin, { telemetry });

/** {@link server.tunnelPlugin} for the platform's tracking plan. */
export const tunnelPlugin = bindPlugin(server.tunnelPlugin, { telemetry, plan, browsers: BROWSERS });

/** {@link server.createSessions} with the subscription in each token. */
export function createSessions(options: SessionsOptions): Sessions {
  return server.createSessions({ ...options, telemetry, issuer: 'qr-platform', claims });
}

/** {@link server.addErasureRoute} for this process. */
export function addErasureRoute(app: server.Server, options: ErasureOptions): void {
  server.addErasureRoute(app, { ...options, telemetry });
}

/** {@link server.startSchedule} for this process. */
export function startSchedule(options: ScheduleOptions): server.StopSchedule {
  return server.startSchedule({ ...options, telemetry });
}

/** Fastify reads from a plugin function whether its hooks hold for the whole server: these properties are kept. */
function bindPlugin<Options extends object, Bound extends Partial<Options>>(
  plugin: FastifyPluginAsync<Options> | FastifyPluginCallback<Options>,
  bound: Bound,
): FastifyPluginAsync<Omit<Options, keyof Bound>> {
  const withBound: FastifyPluginAsync<Omit<Options, keyof Bound>> = (app, options) =>
    (plugin as FastifyPluginAsync<Options>)(app, { ...options, ...bound } as unknown as Options);
  return Object.assign(withBound, plugin);
}
