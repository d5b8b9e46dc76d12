import { startShipper } from '../../../delivery/src/shipper.ts';
import { lanes } from '../../../telemetry/src/destinations/lanes.ts';
import { createMixpanelHttpTransport } from '../../../telemetry/src/destinations/mixpanel.ts';

const [redisUrl = '', prefix = '', apiHost = ''] = process.argv.slice(2);
const transport = createMixpanelHttpTransport({ apiHost, token: 'test-token' });
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
