import type { ObservabilityConfig } from './config.ts';

type PrefixConfig = Pick<ObservabilityConfig, 'OBSERVABILITY_REDIS_PREFIX' | 'SENTRY_ENVIRONMENT' | 'NODE_ENV'>;

/**
 * Returns the first part of every key of this library in Redis: `OBSERVABILITY_REDIS_PREFIX`, or `qr-delivery-` and the name of the environment.
 * Two environments that share a Redis must not deliver each other's batches.
 */
export function redisPrefixOf(config: PrefixConfig): string {
  const { OBSERVABILITY_REDIS_PREFIX: prefix, SENTRY_ENVIRONMENT, NODE_ENV } = config;
  return prefix ?? `qr-delivery-${encodeURIComponent(SENTRY_ENVIRONMENT ?? NODE_ENV ?? 'development')}`;
}
