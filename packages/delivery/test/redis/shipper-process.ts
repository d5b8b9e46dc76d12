import { startShipper } from '../../src/redis/queue.ts';
import { createHttpTransport, lanes } from '../lanes.ts';

const [redisUrl = '', prefix = '', apiHost = ''] = process.argv.slice(2);
const transport = createHttpTransport(apiHost);
await startShipper({
  ...{
    lanes: { import: lanes.import, engage: lanes.engage, groups: lanes.groups },
    redisUrl,
    prefix,
    transport,
    concurrency: 2,
    stalledAfterMs: 1000,
  },
  warn: (message) => console.warn(message),
});
