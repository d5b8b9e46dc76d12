export { redisAvailable, startFailoverRedis, startOwnRedis } from '../../delivery/test/redis/real-redis.ts';
