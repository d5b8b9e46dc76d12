import rateLimit from '@fastify/rate-limit';
import underPressure, { type FastifyUnderPressureOptions } from '@fastify/under-pressure';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { isHealthRoute } from '../sentry/sampling.ts';
import type { ErrorBody } from '../shared/index.ts';
import { stripUrl } from '../shared/index.ts';
import { requestState } from './request-key.ts';
import { securityHeaders } from './security-headers.ts';
import { sharedRateLimit } from './shared-rate-limit.ts';

/** What {@link securityPlugin} takes. */
export interface SecurityOptions {
  /** Requests of one address in a time window, over all instances with `OBSERVABILITY_REDIS_URL`; `false` for none. Health routes are not counted. @default 1000 in 60_000 ms */
  readonly rateLimit?: { readonly max: number; readonly windowMs: number } | false;
  /** How far the event loop may be behind, on average over a second, before requests are refused with 503. @default 1000 */
  readonly maxEventLoopDelayMs?: number;
}

/** When a refused client may come again. */
const RETRY_AFTER_SECONDS = 5;
/** Refusals are logged together: a line each would add to the load. */
const LOG_INTERVAL_MS = 1000;

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
    await app.register(underPressure, {
      maxEventLoopDelay: maxEventLoopDelayMs,
      exposeStatusRoute: false,
      pressureHandler: createRefusal(),
    });
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
  },
  { fastify: '5.x', name: '@qr/common/security' },
);

/**
 * Answers 503 instead of letting a request in. That is load, not a fault of the code, and no handler saw the request: it is logged with the
 * number of refusals, and not reported as an error, which would add work to a process that has too much of it.
 */
function createRefusal(): NonNullable<FastifyUnderPressureOptions['pressureHandler']> {
  let refused = 0;
  let nextLineAt = 0;
  function refuse(request: FastifyRequest, reply: FastifyReply, _limit: string, delayMs?: number): ErrorBody {
    refused++;
    const now = Date.now();
    if (now >= nextLineAt) {
      nextLineAt = now + LOG_INTERVAL_MS;
      request.log.warn({ refused, durationMs: delayMs }, 'requests are refused: the event loop is behind');
      refused = 0;
    }
    const state = requestState(request);
    if (state) state.isRefused = true;
    void reply.code(503).header('retry-after', RETRY_AFTER_SECONDS);
    return {
      error: 'Service Unavailable',
      message: `Too busy at the moment: try again in ${RETRY_AFTER_SECONDS} seconds.`,
    };
  }
  // What is returned becomes the answer, which the plugin's types do not say.
  return refuse as unknown as () => void;
}
