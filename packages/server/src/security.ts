import rateLimit from '@fastify/rate-limit';
import { isHealthRoute } from '@qr/telemetry/internal';
import { stripUrl } from '@qr/telemetry/privacy';
import type { FastifyInstance } from 'fastify';
import fp from 'fastify-plugin';
import { refuseBadUrls } from './bad-url.ts';
import { createFailureAnswer, type ErrorPages } from './failure-answer.ts';
import { refuseUnderPressure } from './pressure.ts';
import { securityHeaders } from './security-headers.ts';
import { sharedRateLimit } from './shared-rate-limit.ts';

/** What {@link securityPlugin} takes. */
export interface SecurityOptions {
  /** Requests of one address in a time window, over all instances with `OBSERVABILITY_REDIS_URL`; `false` for none. Health routes are not counted. @default 1000 in 60_000 ms */
  readonly rateLimit?: { readonly max: number; readonly windowMs: number } | false;
  /** How far the event loop may be behind, on average over a second, before requests are refused with 503. @default 1000 */
  readonly maxEventLoopDelayMs?: number;
  /** Paths whose errors are shown to people as a page. @default none: errors are JSON */
  readonly errorPages?: ErrorPages;
}

/** Security headers, a rate limit by address, and 503 with Retry-After while the event loop is overloaded. */
export const securityPlugin = fp<SecurityOptions>(
  async function security(app: FastifyInstance, options) {
    const { rateLimit: limit = { max: 1000, windowMs: 60_000 }, maxEventLoopDelayMs = 1000 } = options;
    const headers = securityHeaders();
    // First, so that answers of other hooks have them too; a route that sets one of its own replaces it.
    app.addHook('onRequest', (_request, reply, done) => {
      reply.headers(headers);
      done();
    });
    refuseUnderPressure(app, maxEventLoopDelayMs, createFailureAnswer(options.errorPages));
    if (limit) {
      await app.register(rateLimit, {
        global: false,
        max: limit.max,
        timeWindow: limit.windowMs,
        ...(await sharedRateLimit(app, 'all')),
        allowList: ({ url }) => isHealthRoute(stripUrl(url)),
      });
      // As a hook, not by the plugin's route listener, which would miss every route that was declared before it loads.
      app.addHook('onRequest', app.rateLimit());
    }
    refuseBadUrls(app);
  },
  { fastify: '5.x', name: '@qr/server/security' },
);
