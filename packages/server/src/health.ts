import type { Internals } from '@qr/telemetry/internal';
import type { FastifyInstance } from 'fastify';
import { createTokenCheck } from './service-token.ts';

/** Named checks of what a service cannot work without; never of a vendor. */
export type ReadyChecks = Readonly<Record<string, () => Promise<boolean>>>;

/** A check that hangs must not hang the answer. */
const CHECK_TIMEOUT_MS = 2000;

interface HealthOptions {
  readonly checks: ReadyChecks;
  readonly isClosing: () => boolean;
  /** What services show to see the statistics; without one nobody sees them here. */
  readonly serviceToken: string | undefined;
  readonly telemetry: Pick<Internals, 'stats'>;
}

/**
 * `GET /health/live` (also `/health`) says that the process runs; `GET /health/ready` that it can serve, and which check fails. With the service
 * token it shows the state of both telemetry halves as well: that names routes, errors and what vendors answered. A vendor that is down never makes a
 * service unready.
 */
export function addHealthRoutes(app: FastifyInstance, options: HealthOptions): void {
  const { checks, isClosing, serviceToken, telemetry } = options;
  const isService = serviceToken ? createTokenCheck(serviceToken) : () => false;
  const runChecks = createChecks(checks);
  const live = async () => ({ status: 'ok' });
  // A busy process is alive: killing it would move its load to the others.
  const alive = { logLevel: 'warn', schema: { hide: true }, config: { isServedUnderPressure: true } } as const;
  app.get('/health', alive, live);
  app.get('/health/live', alive, live);
  app.get('/health/ready', { logLevel: 'warn', schema: { hide: true } }, async (request, reply) => {
    const results = await runChecks();
    const isReady = !isClosing() && results.every(([, passed]) => passed);
    reply.code(isReady ? 200 : 503);
    return {
      status: isReady ? 'ok' : 'unready',
      checks: Object.fromEntries(results),
      ...(isService(request) && { observability: telemetry.stats() }),
    };
  });
}

/** Runs the checks once for all who ask meanwhile: anybody may ask, as often as they like. */
function createChecks(checks: ReadyChecks): () => Promise<readonly (readonly [string, boolean])[]> {
  let running: ReturnType<typeof runAll> | undefined;
  const runAll = () =>
    Promise.all(Object.entries(checks).map(async ([name, check]) => [name, await passes(check)] as const));
  return () => {
    running ??= runAll().finally(() => {
      running = undefined;
    });
    return running;
  };
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
