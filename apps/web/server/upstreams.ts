/** How often instances are asked whether they are ready, and how long they may take to say so. */
const PROBE_INTERVAL_MS = 250;
const PROBE_TIMEOUT_MS = 1000;

/** The instances of one service. */
export interface Upstreams {
  /** How many there are, ready or not. */
  readonly size: number;
  /** The origin whose turn it is, of those that are ready; of all, when none is. */
  next(): string;
  /** Leaves an instance out until it says that it is ready. */
  failed(origin: string): void;
  close(): void;
}

/**
 * Takes turns over the instances of a service, without those that are not ready: one that is about to close says so before it does, and one that
 * was killed is noticed by the first request that it fails. A single instance is never asked, as there is no other.
 */
export function createUpstreams(origins: readonly string[]): Upstreams {
  const [first = ''] = origins;
  if (origins.length < 2) return { size: 1, next: () => first, failed() {}, close() {} };

  const unready = new Set<string>();
  let turn = 0;
  const probes = origins.map((origin) => {
    let isAsking = false;
    return setInterval(async () => {
      if (isAsking) return;
      isAsking = true;
      if (await isReady(origin)) unready.delete(origin);
      else unready.add(origin);
      isAsking = false;
    }, PROBE_INTERVAL_MS).unref();
  });

  return {
    size: origins.length,
    next() {
      const ready = origins.filter((origin) => !unready.has(origin));
      const candidates = ready.length > 0 ? ready : origins;
      turn = (turn + 1) % Number.MAX_SAFE_INTEGER;
      return candidates[turn % candidates.length] ?? first;
    },
    failed: (origin) => void unready.add(origin),
    close() {
      for (const probe of probes) clearInterval(probe);
    },
  };
}

async function isReady(origin: string): Promise<boolean> {
  try {
    const response = await fetch(`${origin}/health/ready`, { signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) });
    // Read to the end, or the connection could not be used again.
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}
