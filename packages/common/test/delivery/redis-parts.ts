export { batchOf, createReceiver, PATIENCE, persist, produce, ship } from '../../../delivery/test/redis/redis-parts.ts';
