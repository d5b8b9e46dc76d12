import { type Internals, internals, readObservabilityConfig, type TelemetryHandle } from '@qr/telemetry/internal';
import type { FastifyInstance } from 'fastify';
import fp from 'fastify-plugin';
import { createErrorHandler } from './error-handler.ts';
import { addRequestHooks, stateKey } from './requests/request-hook.ts';

/** What {@link observabilityPlugin} takes. */
export interface ObservabilityPluginOptions {
  /** Where errors and traces go, such as what `createTelemetry` returned. */
  readonly telemetry: TelemetryHandle;
  /** Whether to set our error handler; `false` for a server that has one of its own. @default true */
  readonly errorHandler?: boolean;
  /** Whether 5xx answers hide what went wrong. @default NODE_ENV is `production` */
  readonly isProduction?: boolean;
}

/**
 * Error reporting and tracing for a Fastify server of one's own: register it first, after error tracking has started.
 * Without error tracking no hook is installed at all.
 */
export const observabilityPlugin = fp<ObservabilityPluginOptions>(
  async function observability(app: FastifyInstance, options) {
    const { errorHandler = true, isProduction = readObservabilityConfig().config.NODE_ENV === 'production' } = options;
    const telemetry = options.telemetry[internals];
    app.decorateRequest(stateKey, null);
    if (telemetry.errors.isOn()) addHooksSafely(app, telemetry);
    if (errorHandler) app.setErrorHandler(createErrorHandler(telemetry.errors, isProduction));
  },
  { fastify: '5.x', name: '@qr/server/observability' },
);

/** A server without error reports is better than none. */
function addHooksSafely(app: FastifyInstance, { core, errors }: Internals): void {
  try {
    addRequestHooks(app, errors);
  } catch (error) {
    core.warnOnce(`Requests are not observed: ${error instanceof Error ? error.message : String(error)}`);
  }
}
