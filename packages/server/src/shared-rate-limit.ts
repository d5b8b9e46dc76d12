import type { RateLimitPluginOptions } from '@fastify/rate-limit';
import { type Core, readObservabilityConfig, redisPrefixOf } from '@qr/telemetry/internal';
import type { FastifyInstance } from 'fastify';
import { addressKey } from './addresses.ts';
import { AppError } from './app-error.ts';

/** How long a request waits for Redis at most; then it passes uncounted. */
const REDIS_TIMEOUT_MS = 250;
const MAX_RECONNECT_DELAY_MS = 2000;

/**
 * With `OBSERVABILITY_REDIS_URL` requests are counted there, so that a limit holds over all instances of a service; while Redis is away every request
 * passes. Without the variable each process counts for itself.
 *
 * @param purpose tells limits of one server apart.
 */
export async function sharedRateLimit(
  app: FastifyInstance,
  core: Core,
  purpose: string,
): Promise<
  Pick<RateLimitPluginOptions, 'errorResponseBuilder' | 'redis' | 'nameSpace' | 'skipOnError' | 'keyGenerator'>
> {
  const { config } = readObservabilityConfig();
  const { OBSERVABILITY_REDIS_URL: url } = config;
  if (url === undefined) return { errorResponseBuilder: tooManyRequests };
  const [{ Redis }, { reconnectAfterFailover }] = await Promise.all([import('ioredis'), import('@qr/delivery/redis')]);
  const redis = new Redis(url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    // It would ask for Redis's state in the time of a command, while a process that starts is busy.
    enableReadyCheck: false,
    commandTimeout: REDIS_TIMEOUT_MS,
    reconnectOnError: reconnectAfterFailover,
    retryStrategy: (attempt) => Math.min(MAX_RECONNECT_DELAY_MS, attempt * 100),
  });
  redis.on('error', (error) =>
    core.warnOnce(`Rate limits cannot reach Redis: ${error.message}. Requests pass uncounted until it is back.`),
  );
  app.addHook('onClose', async () => redis.disconnect());
  return {
    errorResponseBuilder: tooManyRequests,
    redis,
    nameSpace: `${redisPrefixOf(config)}:limit:${core.serviceName() ?? 'service'}:${purpose}:`,
    skipOnError: true,
    // Addresses are personal data, and Redis may write what it holds to a disk.
    keyGenerator: ({ ip }) => core.people.hashPersonal(addressKey(ip)).slice(0, 32),
  };
}

/** What `@fastify/rate-limit` throws for a request over the limit. Its own error could not be told from any that has a status. */
function tooManyRequests(
  _request: unknown,
  context: { readonly statusCode: number; readonly after: string },
): AppError {
  return new AppError({
    statusCode: context.statusCode,
    code: 'too_many_requests',
    message: `Rate limit exceeded, retry in ${context.after}`,
  });
}
