const RECORD = /"time":(\d+),"\$insert_id":"([^"]+)".*?"qr_id":"qr_(\d+)"/g;
/** More events than any run tracks. */
const CAPACITY = 4_000_000;
/** Later than this is counted as this late. */
const MAX_LATENCY_MS = 120_000;

/** Counts events by the number in their `qr_id`, of which the producers give each once, and by their `$insert_id`, by which a vendor knows copies. */
export function createTally() {
  const copies = new Uint8Array(CAPACITY);
  const insertIds = new Set();
  let latencies = new Uint32Array(MAX_LATENCY_MS + 1);
  let received = 0;
  let distinct = 0;
  return {
    /** @returns how many records the text of a request holds. */
    add(text, receivedAt) {
      let count = 0;
      for (const [, time, insertId, number] of text.matchAll(RECORD)) {
        count++;
        insertIds.add(insertId);
        if (copies[number] === 0) distinct++;
        if (copies[number] < 255) copies[number]++;
        latencies[Math.min(MAX_LATENCY_MS, Math.max(0, receivedAt - time))]++;
      }
      received += count;
      return count;
    },
    distinct: () => distinct,
    /** Latencies are those of what arrives from now on. */
    startLatency() {
      latencies = new Uint32Array(MAX_LATENCY_MS + 1);
    },
    read: () => ({ received, distinct, insertIds: insertIds.size, latencyMs: percentiles(latencies) }),
  };
}

function percentiles(histogram) {
  const total = histogram.reduce((sum, count) => sum + count, 0);
  const at = (share) => {
    let seen = 0;
    return histogram.findIndex((count) => {
      seen += count;
      return seen >= total * share;
    });
  };
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
}
