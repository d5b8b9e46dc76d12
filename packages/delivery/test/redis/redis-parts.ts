import { gzipSync } from 'node:zlib';
import { onTestFinished } from 'vitest';
import type { Reply, SealedBatch, Transport } from '../../src/lanes.ts';
import {
  createRedisQueueTransport,
  type RedisQueueOptions,
  type Shipper,
  type ShipperOptions,
  startShipper,
} from '../../src/redis/queue.ts';
import { lanes } from '../lanes.ts';

/** Those that Mixpanel receives. */
export const shippedLanes = { import: lanes.import, engage: lanes.engage, groups: lanes.groups };

export const PATIENCE = { timeout: 15_000, interval: 20 };

/** A batch of one event that names a person. */
export function batchOf(id: string, person = 'u-1', filling = ''): SealedBatch {
  const records = [{ event: 'logout', properties: { distinct_id: person, $insert_id: id, filling } }];
  return { id, records: records.length, body: gzipSync(JSON.stringify(records), { level: filling ? 0 : 6 }) };
}

export const acknowledgement = (records = 1): Reply => ({
  status: 200,
  headers: {},
  body: JSON.stringify({ code: 200, num_records_imported: records, status: 'OK' }),
});

/** Stops when the test ends. */
export function produce(
  url: string,
  options: Partial<RedisQueueOptions> = {},
): Required<Pick<Transport, 'recall'>> & Transport {
  const transport = createRedisQueueTransport({ lanes, warn: () => {}, url, pollIntervalMs: 10, ...options });
  onTestFinished(() => transport.close());
  return { ...transport, recall: async (lane, id) => transport.recall?.(lane, id) };
}

/** Stops when the test ends. */
export async function ship(
  redisUrl: string,
  transport: Transport,
  options: Partial<ShipperOptions> = {},
): Promise<Shipper> {
  const shipper = await startShipper({ lanes: shippedLanes, redisUrl, transport, warn: () => {}, ...options });
  onTestFinished(() => shipper.close(1000));
  return shipper;
}

/** A receiver that keeps the ids of what it was sent, in order. */
export function createReceiver(
  answer: (id: string) => Reply | Promise<Reply> = () => acknowledgement(),
  destination?: string,
) {
  const ids: string[] = [];
  const transport: Transport = {
    ...(destination !== undefined && { destination }),
    async send(_lane, { id }) {
      ids.push(id);
      return answer(id);
    },
    close: async () => {},
  };
  return { transport, ids };
}

/** Sends a batch until it is answered, as the sender of a pipeline does. */
export async function persist(transport: Transport, batch: SealedBatch): Promise<Reply> {
  let reply = await transport.send('import', batch);
  while ('networkError' in reply) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    reply = await transport.send('import', batch);
  }
  return reply;
}
