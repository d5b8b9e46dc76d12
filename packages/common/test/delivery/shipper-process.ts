import { startShipper } from '../../src/delivery/shipper.ts';
import { createMixpanelHttpTransport } from '../../src/delivery/transports/mixpanel-http.ts';

const [redisUrl = '', prefix = '', apiHost = ''] = process.argv.slice(2);
const transport = createMixpanelHttpTransport({ apiHost, token: 'test-token' });
await startShipper({ redisUrl, prefix, transport, concurrency: 2, stalledAfterMs: 1000 });
