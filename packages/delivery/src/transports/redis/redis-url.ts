/**
 * @throws when it is not the address of a Redis. The message leaves the address out, as it may hold a password.
 */
export function assertRedisUrl(url: string): void {
  const protocol = URL.canParse(url) ? new URL(url).protocol : 'no URL';
  if (protocol === 'redis:' || protocol === 'rediss:') return;
  throw new Error(
    `Expected the address of a Redis, as in redis://localhost:6379, got ${protocol}. Set OBSERVABILITY_REDIS_URL.`,
  );
}
