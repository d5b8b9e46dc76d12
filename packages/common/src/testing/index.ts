export type { LaneName } from '../delivery/record.ts';
export type { Reply, SealedBatch, Transport } from '../delivery/transport.ts';
export { createMemoryTransport, type MemoryTransport } from '../delivery/transports/memory.ts';
