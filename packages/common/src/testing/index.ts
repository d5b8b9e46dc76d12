export type { LaneName } from '../delivery/record.ts';
export type { Reply, Transport } from '../delivery/transport.ts';
export { createMemoryTransport, type MemoryTransport } from '../delivery/transports/memory.ts';
