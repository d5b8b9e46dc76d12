import { startInboxProcess } from './inbox-process.mjs';
import { expectEqual } from './ingestion.mjs';
import { countTaken, produce } from './produce.mjs';

const EVENTS = 100_000;
const BATCH_SIZE = 500;
/** Long enough for what the start has left behind to be given back. */
const SETTLE_MS = 3000;

/** Resident memory of a fresh inbox, and of one that holds as many events as it keeps. */
export async function measureMemory() {
  const inbox = await startInboxProcess();
  try {
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    const idleRssBytes = inbox.memory().rssBytes;
    const sent = await produce(inbox.url, 'total', EVENTS, BATCH_SIZE);
    const { stored } = await countTaken(inbox.url);
    const { rssBytes: heldRssBytes, peakRssBytes } = inbox.memory();
    return {
      idleRssBytes,
      heldRssBytes,
      peakRssBytes,
      bytesPerEvent: sent.bytes / EVENTS,
      errors: [
        ...expectEqual('events held', stored, EVENTS),
        ...expectEqual('requests failed', sent.failedRequests, 0),
      ],
    };
  } finally {
    await inbox.stop();
  }
}
