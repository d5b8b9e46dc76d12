// Whole, because bundles declare a `createRequire` of their own.
import * as nodeModule from 'node:module';
import { bindBuildServer } from './build-server.ts';

export type { FlushOutcome, LaneStats } from '@qr/delivery';
export type { Server } from '@qr/server';
export type { RequestContext, RequestDescription } from '@qr/server/request-context';
export {
  ConfigError,
  type IdentifyOptions,
  type InitializeMixpanelOptions,
  type InitializeSentryOptions,
  type Job,
  loadConfig,
  loadConfigOrExit,
  type MessageLevel,
  type ObservabilityConfig,
  type ObservabilityStats,
  readObservabilityConfig,
  type StartShipperOptions,
  type UserContext,
} from '@qr/telemetry/internal';
export * as Sentry from '@sentry/node';
export { withMonitor } from '@sentry/node';
export type { BuildServerOptions } from './build-server.ts';
export * from './calls.ts';

/** The `buildServer` of `@qr/common/server`. Its first call loads Fastify and its plugins, so that a process without a server never does. */
export const buildServer = bindBuildServer((options) => loadServer().buildServer(options));

function loadServer(): typeof import('@qr/server') {
  // Bundlers replace the first call by the module, and give `require` to modules that have none.
  return typeof require === 'function'
    ? require('@qr/server')
    : nodeModule.createRequire(import.meta.url)('@qr/server');
}
