import { closeObservability, initializeSentry, loadConfigOrExit, startShipper } from '@qr/common';
import Type from 'typebox';

// A process that does nothing but deliver what others have queued in Redis: for more of them than there are instances of the service.
initializeSentry('shipper');
const { SHUTDOWN_TIMEOUT_MS: timeoutMs } = loadConfigOrExit(Type.Object({}));
const shipper = await startShipper();
console.log('shipping');

/** Redis keeps the connection, and so the process, alive. */
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, async () => {
    await shipper.close(timeoutMs / 2);
    await closeObservability(timeoutMs / 4);
    process.exit(0);
  });
}
