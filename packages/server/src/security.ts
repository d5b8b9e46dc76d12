import type { IncomingMessage, ServerResponse } from 'node:http';
import rateLimit from '@fastify/rate-limit';
import type { Core } from '@qr/telemetry/internal';
import { stripUrl } from '@qr/telemetry/privacy';
import type { FastifyInstance, FastifyServerOptions } from 'fastify';
import fp from 'fastify-plugin';
import helmet from 'helmet';
import { AppError } from './app-error.ts';
import { createFailureAnswer, type ErrorPages } from './error-handler.ts';
import { refuseUnderPressure } from './pressure.ts';
import { isHealthRoute } from './requests/request-context.ts';
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
export const securityPlugin = fp<SecurityOptions & { readonly core: Core }>(
  async function security(app: FastifyInstance, options) {
    const { core, rateLimit: limit = { max: 1000, windowMs: 60_000 }, maxEventLoopDelayMs = 1000 } = options;
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
        ...(await sharedRateLimit(app, core, 'all')),
        allowList: ({ url }) => isHealthRoute(stripUrl(url)),
      });
      // As a hook, not by the plugin's route listener, which would miss every route that was declared before it loads.
      app.addHook('onRequest', app.rateLimit());
    }
    refuseBadUrls(app);
  },
  { fastify: '5.x', name: '@qr/server/security' },
);

const badUrl = Symbol('a URL that cannot be decoded');

type MarkedMessage = IncomingMessage & { [badUrl]?: true };

/**
 * Returns the handler of URLs that cannot be decoded, such as `/orders/%E0%A4%A`. Fastify would answer them before any hook, without security headers, rate
 * limit and error handler. This handler routes them with literal percent signs instead, and {@link refuseBadUrls} refuses them.
 */
export function routeBadUrls(app: () => FastifyInstance): NonNullable<FastifyServerOptions['frameworkErrors']> {
  return (_error, { raw }, reply) => {
    const message = raw as MarkedMessage;
    message[badUrl] = true;
    message.url = message.url?.replaceAll('%', '%25');
    app().routing(message, reply.raw);
  };
}

/** Adds the hook that answers 400 to URLs that cannot be decoded. Hooks that count requests come before it. */
function refuseBadUrls(app: FastifyInstance): void {
  app.addHook('onRequest', (request, _reply, done) => {
    const isBad = (request.raw as MarkedMessage)[badUrl] === true;
    done(
      isBad ? new AppError({ code: 'bad_url', message: 'The address has a part that cannot be decoded.' }) : undefined,
    );
  });
}

/**
 * The headers of helmet's defaults, worked out once, as none of them depends on the request.
 *
 * `@fastify/helmet` works them out for each: 25 us of CPU where a trivial request takes 20. It also hangs a closure on each reply, by which V8 kept
 * whole requests until a full collection: 10 KB a request, and young collections of 6 ms instead of 1 (measured at 7,000 requests a second).
 */
function securityHeaders(): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {};
  const recorder = {
    setHeader(name: string, value: unknown) {
      headers[name.toLowerCase()] = String(value);
    },
    removeHeader() {},
  };
  helmet()({} as IncomingMessage, recorder as unknown as ServerResponse, (error) => {
    if (error) throw error;
  });
  return headers;
}
