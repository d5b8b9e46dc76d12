import { core, isSentryOn, readObservabilityConfig } from '@qr/telemetry/internal';
import type { FastifyInstance } from 'fastify';
import fp from 'fastify-plugin';
import { createErrorHandler } from './error-handler.ts';
import { addRequestHooks, stateKey } from './requests/request-hook.ts';

/** What {@link observabilityPlugin} takes. */
export interface ObservabilityPluginOptions {
  /** Whether to set our error handler; `false` for a server that has one of its own. @default true */
  readonly errorHandler?: boolean;
  /** Whether 5xx answers hide what went wrong. @default NODE_ENV is `production` */
  readonly isProduction?: boolean;
}

/**
 * Error reporting and tracing for a Fastify server of one's own: register it first, after `initializeSentry`.
 * Without error tracking no hook is installed at all.
 */
export const observabilityPlugin = fp<ObservabilityPluginOptions>(
  async function observability(app: FastifyInstance, options) {
    const { errorHandler = true, isProduction = readObservabilityConfig().config.NODE_ENV === 'production' } = options;
    app.decorateRequest(stateKey, null);
    if (isSentryOn()) addHooksSafely(app);
    if (errorHandler) app.setErrorHandler(createErrorHandler(isProduction));
  },
  { fastify: '5.x', name: '@qr/server/observability' },
);

/** A server without error reports is better than none. */
function addHooksSafely(app: FastifyInstance): void {
  try {
    addRequestHooks(app);
  } catch (error) {
    core.warnOnce(`Requests are not observed: ${error instanceof Error ? error.message : String(error)}`);
  }
}
