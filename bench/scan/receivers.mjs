import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** Starts what stands for qr-service, both destinations and Sentry; it inherits the core of this process. */
export async function startReceivers() {
  const child = fork(join(import.meta.dirname, 'receivers-process.mjs'));
  const [addresses] = await once(child, 'message');
  return {
    ...addresses,
    /** `{ mixpanel, analytics, spans }`: different events, and spans, so far. */
    async read() {
      child.send('read');
      return (await once(child, 'message'))[0];
    },
    async stop() {
      const exited = once(child, 'exit');
      child.disconnect();
      await exited;
    },
  };
}
