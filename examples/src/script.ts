import { withRequestContext } from '@qr/server/request-context';
import { sellBook, telemetry } from './bookshop.ts';

/** Sells what customers have ordered in advance; cron runs it every night. */
const job = { method: 'CRON', url: 'preorders', route: 'preorders', op: 'cron' };

try {
  await withRequestContext(telemetry, job, async () => {
    for (const isbn of process.argv.slice(2)) await sellBook('customer-1', isbn);
  });
} catch {
  // Reported already; cron learns it by the exit code.
  process.exitCode = 1;
} finally {
  // Without it the process would end before everything is sent. What a receiver that is away misses waits on disk for the next run.
  await telemetry.close();
}
