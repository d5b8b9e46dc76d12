import type { ServerResponse } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { type Internals, toTimeLimit, within } from '@qr/telemetry/internal';
import closeWithGrace from 'close-with-grace';
import type { FastifyInstance } from 'fastify';

/**
 * Running requests get the first part of the time for themselves, and the second part while telemetry is flushed: what they track at their end still gets to the
 * disk. Closing telemetry gets this part of what is left. The rest is a reserve.
 */
const SHARE = { requests: 0.5, lateRequests: 0.7, telemetry: 0.8 };

interface CloseOptions {
  readonly telemetry: Pick<Internals, 'flush' | 'close'>;
  /** How long the end may take, after draining. */
  readonly timeoutMs: number;
  /** How long the server still takes requests after SIGTERM, while it says that it is not ready: until whoever sends them has noticed. */
  readonly drainMs: number;
  /** Called when draining begins. */
  readonly onDrain: () => void;
}

/**
 * Ends the process in order on SIGTERM, SIGINT or an uncaught error: no new requests, running ones finish, then what telemetry holds is
 * delivered. SIGTERM, which is how a deploy ends a process, drains first. A second signal ends it at once. Exit code 0 after a signal, 1 after an
 * error or when requests had to be cut off.
 *
 * @returns the function that stops listening for signals.
 */
export function closeOnSignals(app: FastifyInstance, options: CloseOptions): () => void {
  const { telemetry, timeoutMs, drainMs, onDrain } = options;
  const listeners = closeWithGrace(
    {
      delay: toTimeLimit(drainMs + timeoutMs, timeoutMs),
      logger: app.log,
      // Without a listener Node raises a rejection as an uncaught exception, which is reported and comes here as well.
      skip: ['unhandledRejection'],
    },
    async (reason) => {
      const { signal, err } = reason;
      // What was thrown may be nothing.
      const isError = 'err' in reason;
      if (isError) app.log.fatal({ err }, 'closing after an uncaught error');
      else app.log.info({ signal }, 'closing');
      onDrain();
      if (signal === 'SIGTERM') await drain(app, drainMs);
      const deadline = performance.now() + timeoutMs;
      const left = () => deadline - performance.now();
      const closed = outcomeOf(app.close());
      let outcome = await within(closed, left() * SHARE.requests);
      if (!outcome) {
        const lateMs = left() * SHARE.lateRequests;
        [outcome] = await Promise.all([within(closed, lateMs), telemetry.flush(lateMs)]);
      }
      await telemetry.close(left() * SHARE.telemetry);
      if (!outcome) throw new Error(`Requests were still running after ${timeoutMs} ms and were cut off.`);
      if ('error' in outcome) throw outcome.error;
      if (isError && !err) throw new Error(`The process ended because ${String(err)} was thrown and not caught.`);
    },
  );
  return () => listeners.uninstall();
}

/** Answers what still comes, and asks for no more on the same connection: one that is closed while a request is on its way would fail it. */
async function drain({ server }: FastifyInstance, drainMs: number): Promise<void> {
  server.prependListener('request', (_request, response: ServerResponse) => {
    response.shouldKeepAlive = false;
  });
  await setTimeout(drainMs);
}

/** Never rejects: a hook that fails must not keep telemetry from being delivered. */
async function outcomeOf(closing: PromiseLike<unknown>): Promise<{ readonly error: unknown } | Record<string, never>> {
  try {
    await closing;
    return {};
  } catch (error) {
    return { error };
  }
}
