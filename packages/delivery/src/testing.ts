export { createMemoryTransport, type MemoryTransport } from './transports/memory.ts';
