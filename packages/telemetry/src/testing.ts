import { createMemoryTransport as createTransport, type MemoryTransport } from '@qr/delivery/testing';
import { lanes } from './destinations/lanes.ts';

export type { Reply, SealedBatch, Transport } from '@qr/delivery';
export type { MemoryTransport } from '@qr/delivery/testing';
export type { LaneName } from './destinations/lanes.ts';

/** Returns a transport that keeps what it is given; pass it to `initializeMixpanel(token, { transport })`. */
export function createMemoryTransport(): MemoryTransport {
  return createTransport(lanes);
}
