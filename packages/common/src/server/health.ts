import type { FastifyInstance } from 'fastify';
import { observabilityStats } from '../lifecycle.ts';

/** Named checks of what a service cannot work without; never of a vendor. */
export type ReadyChecks = Readonly<Record<string, () => Promise<boolean>>>;

/** A check that hangs must not hang the answer. */
const CHECK_TIMEOUT_MS = 2000;

/**
 * `GET /health/live` (also `/health`) says that the process runs; `GET /health/ready` that it can serve, with the state of both telemetry
 * halves beside it. A vendor that is down never makes a service unready.
 */
export function addHealthRoutes(app: FastifyInstance, checks: ReadyChecks, isClosing: () => boolean): void {
  const live = async () => ({ status: 'ok' });
  // A busy process is alive: killing it would move its load to the others.
  const options = { logLevel: 'warn', schema: { hide: true }, config: { isServedUnderPressure: true } } as const;
  app.get('/health', options, live);
  app.get('/health/live', options, live);
  app.get('/health/ready', { logLevel: 'warn', schema: { hide: true } }, async (_request, reply) => {
    const results = await Promise.all(
      Object.entries(checks).map(async ([name, check]) => [name, await passes(check)] as const),
    );
    const isReady = !isClosing() && results.every(([, passed]) => passed);
    reply.code(isReady ? 200 : 503);
    return {
      status: isReady ? 'ok' : 'unready',
      checks: Object.fromEntries(results),
      observability: observabilityStats(),
    };
  });
}

async function passes(check: () => Promise<boolean>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, CHECK_TIMEOUT_MS, false);
  });
  try {
    return await Promise.race([check(), timeout]);
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
  }
}
