// The real inbox in the receiver's place. It counts; how late an event is it does not say.
import { startInbox } from '../../../packages/inbox/dist/index.js';
import { serve } from './serve.mjs';

const POLL_MS = 50;
const inbox = await startInbox({ port: 0 });

async function count() {
  const { kinds } = await (await fetch(`${inbox.url}/api/stats`)).json();
  return kinds.event.stored + kinds.event.evicted;
}

async function arrived({ target, timeoutMs }) {
  const end = performance.now() + timeoutMs;
  while ((await count()) < target && performance.now() < end)
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  return count();
}

async function read() {
  const distinct = await count();
  return { received: distinct, distinct, insertIds: distinct };
}

serve({ listen: () => inbox.url, read, arrived, startLatency() {} });
