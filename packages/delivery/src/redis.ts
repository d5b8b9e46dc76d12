export { reconnectAfterFailover, resendAfterFailover } from './transports/redis/failover.ts';
export { QueueRedis } from './transports/redis/queue-redis.ts';
