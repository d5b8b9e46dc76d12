import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { ErrorBody } from '@qr/telemetry/privacy';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AnswerFailure } from './error-handler.ts';
import { requestState } from './requests/request-hook.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** `true`: requests of this route are answered however busy the process is. */
    readonly isServedUnderPressure?: boolean;
  }
}

/** How often the event loop's delay is measured. */
const SAMPLE_INTERVAL_MS = 1000;
/** How often it is looked at in between; a timer that fires on time adds this much to every measurement. */
const RESOLUTION_MS = 10;
/** When a refused client may come again. */
const RETRY_AFTER_SECONDS = 5;
/** Refusals are logged together: a line each would add to the load. */
const LOG_INTERVAL_MS = 1000;

/**
 * Refuses requests with 503 and Retry-After while the event loop is behind by more than `maxDelayMs`, on average over a second. 0 refuses none.
 *
 * Instead of `@fastify/under-pressure`, which also reads the memory of the process each second: that opens a file of the kernel, and throws out of
 * its timer, which ends the process, while no file can be opened (EMFILE).
 */
export function refuseUnderPressure(app: FastifyInstance, maxDelayMs: number, answer: AnswerFailure): void {
  if (!(maxDelayMs > 0)) return;
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  histogram.enable();
  const refuse = createRefusal(answer);
  let delayMs = 0;
  const timer = setTimeout(() => {
    const { mean } = histogram;
    // Not one measurement in a second: the loop did not turn at all.
    delayMs = Number.isNaN(mean) ? Number.POSITIVE_INFINITY : Math.max(0, mean / 1e6 - RESOLUTION_MS);
    histogram.reset();
    timer.refresh();
  }, SAMPLE_INTERVAL_MS).unref();

  app.addHook('onRequest', (request, reply, done) => {
    if (delayMs <= maxDelayMs || request.routeOptions.config.isServedUnderPressure) done();
    else reply.send(refuse(request, reply, delayMs));
  });
  app.addHook('onClose', async () => {
    clearTimeout(timer);
    histogram.disable();
  });
}

/**
 * Answers 503 instead of letting a request in. That is load, not a fault of the code, and no handler saw the request: it is logged with the
 * number of refusals, and not reported as an error, which would add work to a process that has too much of it.
 */
function createRefusal(
  answer: AnswerFailure,
): (request: FastifyRequest, reply: FastifyReply, delayMs: number) => string | ErrorBody {
  let refused = 0;
  let nextLineAt = 0;
  return (request, reply, delayMs) => {
    refused++;
    const now = Date.now();
    if (now >= nextLineAt) {
      nextLineAt = now + LOG_INTERVAL_MS;
      request.log.warn({ refused, durationMs: delayMs }, 'requests are refused: the event loop is behind');
      refused = 0;
    }
    const state = requestState(request);
    if (state) state.isRefused = true;
    void reply.header('retry-after', RETRY_AFTER_SECONDS);
    return answer(request, reply, 503, {
      error: 'Service Unavailable',
      message: `Too busy at the moment: try again in ${RETRY_AFTER_SECONDS} seconds.`,
    });
  };
}
