// What services/analytics-service/src/shipper.ts is: a process that only ships.
import { startShipper } from '../../../packages/common/dist/index.js';
import { serve } from './serve.mjs';

const shipper = await startShipper();
serve({ stats: () => shipper.stats().import, close: () => shipper.close(5000) });
