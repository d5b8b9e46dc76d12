import closeWithGrace from 'close-with-grace';
import type { FastifyInstance } from 'fastify';
import { closeObservability } from '../lifecycle.ts';

/** Running requests get this part of the time at most, telemetry this part of what they leave. The rest is a reserve. */
const SHARE = { requests: 0.5, telemetry: 0.8 };

/**
 * Ends the process in order on SIGTERM, SIGINT or an uncaught error: no new requests, running ones finish, then what telemetry holds is
 * delivered. A second signal ends it at once. Exit code 0 after a signal, 1 after an error or when requests had to be cut off.
 *
 * @returns the function that stops listening for signals.
 */
export function closeOnSignals(app: FastifyInstance, timeoutMs: number): () => void {
  const listeners = closeWithGrace(
    {
      delay: timeoutMs,
      logger: app.log,
      // Without a listener Node raises a rejection as an uncaught exception, which is reported and comes here as well.
      skip: ['unhandledRejection'],
    },
    async ({ signal, err }) => {
      if (err) app.log.fatal({ err }, 'closing after an uncaught error');
      else app.log.info({ signal }, 'closing');
      const deadline = performance.now() + timeoutMs;
      const failure = await failureOf(app.close(), timeoutMs * SHARE.requests);
      await closeObservability((deadline - performance.now()) * SHARE.telemetry);
      if (failure) throw failure;
    },
  );
  return () => listeners.uninstall();
}

/** What went wrong with closing the server. Neither a hook that fails nor a request that hangs keeps telemetry from being delivered. */
async function failureOf(closing: PromiseLike<unknown>, timeoutMs: number): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<unknown>((resolve) => {
    const late = new Error(`Requests were still running after ${timeoutMs} ms and were cut off.`);
    timer = setTimeout(resolve, timeoutMs, late);
  });
  const closed = Promise.resolve(closing).then(
    () => undefined,
    (error: unknown) => error,
  );
  return Promise.race([closed, timeout]).finally(() => clearTimeout(timer));
}
