export { QueueRedis, reconnectAfterFailover, resendAfterFailover } from './connection.ts';
