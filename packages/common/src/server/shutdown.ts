import closeWithGrace from 'close-with-grace';
import type { FastifyInstance } from 'fastify';
import { closeObservability } from '../lifecycle.ts';

/**
 * Ends the process in order on SIGTERM, SIGINT or an uncaught error: no new requests, running ones finish, then what telemetry holds is
 * delivered. A second signal ends it at once. Exit code 0 after a signal, 1 after an error.
 *
 * @returns the function that stops listening for signals.
 */
export function closeOnSignals(app: FastifyInstance, timeoutMs: number): () => void {
  const listeners = closeWithGrace({ delay: timeoutMs, logger: app.log }, async ({ signal, err }) => {
    if (err) app.log.fatal({ err }, 'closing after an uncaught error');
    else app.log.info({ signal }, 'closing');
    await app.close();
    // A share of the time is left for what runs after us.
    await closeObservability(timeoutMs * 0.4);
  });
  return () => listeners.uninstall();
}
