import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import underPressure from '@fastify/under-pressure';
import type { FastifyInstance } from 'fastify';
import fp from 'fastify-plugin';

/** What {@link securityPlugin} takes. */
export interface SecurityOptions {
  /** Requests of one address in a time window; `false` for none. @default 1000 in 60_000 ms */
  readonly rateLimit?: { readonly max: number; readonly windowMs: number } | false;
}

/** Security headers, a rate limit by address, and 503 with Retry-After while the event loop is overloaded. */
export const securityPlugin = fp<SecurityOptions>(
  async function security(app: FastifyInstance, options) {
    const limit = options.rateLimit ?? { max: 1000, windowMs: 60_000 };
    await app.register(helmet);
    await app.register(underPressure, { maxEventLoopDelay: 1000, retryAfter: 5, exposeStatusRoute: false });
    if (limit) {
      await app.register(rateLimit, { global: false, max: limit.max, timeWindow: limit.windowMs });
      // As a hook, not by the plugin's route listener, which would miss every route that was declared before it loads.
      app.addHook('onRequest', app.rateLimit());
    }
  },
  { fastify: '5.x', name: '@qr/common/security' },
);
