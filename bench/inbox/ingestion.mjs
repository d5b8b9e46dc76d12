import { canPin, startInboxProcess } from './inbox-process.mjs';
import { countTaken, produce } from './produce.mjs';

const EVENTS_PER_SECOND = 10_000;
const SECONDS = 30;
const BATCH_SIZE = 100;
const FLOOD_SECONDS = 5;
const CONNECTIONS = 8;

/** 10,000 events a second for half a minute, then as many as it takes for five seconds; every event is counted. */
export async function measureIngestion() {
  const inbox = await startInboxProcess();
  try {
    const cpuBefore = inbox.cpuSeconds();
    const steady = await produce(inbox.url, 'rate', EVENTS_PER_SECOND, SECONDS, BATCH_SIZE);
    const cpuShare = (inbox.cpuSeconds() - cpuBefore) / steady.seconds;
    const { rssBytes, peakRssBytes } = inbox.memory();
    const counted = await countTaken(inbox.url);
    const flood = await produce(inbox.url, 'flood', FLOOD_SECONDS, BATCH_SIZE, CONNECTIONS);
    const { taken } = await countTaken(inbox.url);
    return {
      pinned: canPin,
      eventsPerSecond: steady.events / steady.seconds,
      cpuShare,
      rssBytes,
      peakRssBytes,
      ...steady,
      maxEventsPerSecond: flood.events / flood.seconds,
      flood,
      errors: [
        ...expectEqual('events acknowledged', steady.events, EVENTS_PER_SECOND * SECONDS),
        ...expectEqual('requests failed', steady.failedRequests + flood.failedRequests, 0),
        ...expectEqual('events taken', counted.taken, steady.events),
        ...expectEqual('events held', counted.stored, 100_000),
        ...expectEqual('events rejected', counted.rejected, 0),
        ...expectEqual('events taken in all', taken, steady.events + flood.events),
      ],
    };
  } finally {
    await inbox.stop();
  }
}

export function expectEqual(what, actual, expected) {
  return actual === expected ? [] : [`${what}: expected ${expected}, got ${actual}`];
}
