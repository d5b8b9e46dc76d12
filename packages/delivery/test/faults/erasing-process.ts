import { createPipeline } from '../../src/pipeline.ts';
import { createMemoryTransport, lanes, personIds } from '../lanes.ts';

// Erases a person again and again, until it is killed.
const [, , spoolRoot = '', person = ''] = process.argv;
const pipeline = createPipeline({
  lanes,
  personIds,
  transports: { import: createMemoryTransport() },
  spoolRoot,
  flushIntervalMs: 60_000,
  warn: () => {},
});
console.log('ready');
for (let times = 0; ; times++) {
  await pipeline.forget(person, []);
  // Another person each time: who is erased already is not searched again.
  await pipeline.forget(`${person}-${times}`, []);
}
