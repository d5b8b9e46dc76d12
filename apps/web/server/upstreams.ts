import { Client, type Dispatcher, Pool } from 'undici';

/** How often instances are asked whether they are ready, and how long they may take to say so. */
const PROBE_INTERVAL_MS = 250;
const PROBE_TIMEOUT_MS = 1000;

/** The instances of one service. */
export interface Upstreams {
  /** Those of all instances, ready or not. */
  readonly origins: readonly string[];
  /** The origin whose turn it is, of those that are ready; of all, when none is. */
  next(): string;
  /** Leaves an instance out until it says that it is ready. */
  failed(origin: string): void;
  /** Sends a request to `options.origin`, one of the instances. */
  request(options: Dispatcher.RequestOptions, callback: RequestCallback): void;
  /** Whether the requests to an instance get no answer and wait. */
  isStuck(): boolean;
  close(): Promise<void>;
}

interface UpstreamsOptions {
  readonly origins: readonly string[];
  /** Called when the connections to an instance are replaced, with the number of requests that failed. */
  readonly onReplace: (origin: string, failed: number) => void;
}

/**
 * Takes turns over the instances of a service, without those that are not ready: one that is about to close says so before it does, and one that
 * was killed is noticed by the first request that it fails. A single instance is never asked, as there is no other.
 */
export function createUpstreams({ origins: configured, onReplace }: UpstreamsOptions): Upstreams {
  // In their normal form, under which requests name them.
  const origins = configured.map((origin) => new URL(origin).origin);
  const [first = ''] = origins;
  const pools = new Map(
    origins.map((origin) => [origin, createServicePool(origin, (failed) => onReplace(origin, failed))]),
  );
  const unready = new Set<string>();
  let turn = 0;
  const probes = origins.length < 2 ? [] : origins.map((origin) => startProbe(origin, unready));

  return {
    origins,
    next() {
      const ready = origins.filter((origin) => !unready.has(origin));
      const candidates = ready.length > 0 ? ready : origins;
      turn = (turn + 1) % Number.MAX_SAFE_INTEGER;
      return candidates[turn % candidates.length] ?? first;
    },
    failed(origin) {
      if (origins.length > 1) unready.add(origin);
    },
    request(options, callback) {
      const pool = pools.get(String(options.origin));
      if (!pool) throw new Error(`${options.origin} is none of ${origins.join(', ')}.`);
      pool.request(options, callback);
    },
    isStuck: () => [...pools.values()].some((pool) => pool.isStuck()),
    async close() {
      for (const probe of probes) clearInterval(probe);
      await Promise.all([...pools.values()].map((pool) => pool.close()));
    },
  };
}

function startProbe(origin: string, unready: Set<string>): NodeJS.Timeout {
  let isAsking = false;
  return setInterval(async () => {
    if (isAsking) return;
    isAsking = true;
    if (await isReady(origin)) unready.delete(origin);
    else unready.add(origin);
    isAsking = false;
  }, PROBE_INTERVAL_MS).unref();
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

/** Connections to one instance. Further requests wait for one of them. */
const CONNECTIONS = 128;
/** How long an instance may take to begin an answer, and between two parts of it. */
const ANSWER_TIMEOUT_MS = 30_000;
const CHECK_INTERVAL_MS = 500;
/** Requests wait and none is answered for this long: the pool is stuck. */
const STUCK_MS = 2000;
/** After this long it is replaced by a new one. */
const REPLACE_MS = 5000;

/** The connections to one instance of a service. */
interface ServicePool {
  request(options: Dispatcher.RequestOptions, callback: RequestCallback): void;
  /** Whether requests wait although none has been answered for 2 seconds. */
  isStuck(): boolean;
  close(): Promise<void>;
}

/** Called once, with the answer or the reason why there is none. */
type RequestCallback = (error: Error | null, data: Dispatcher.ResponseData) => void;

/**
 * Creates the pool of connections to an origin. A pool in which requests wait while none is answered for 5 seconds is replaced: the requests that
 * it holds fail, and the next ones get new connections.
 *
 * @param onReplace called with the number of requests that failed.
 */
function createServicePool(origin: string, onReplace: (failed: number) => void): ServicePool {
  let pool = openPool(origin);
  let answered = 0;
  let answeredBefore = 0;
  let stillSince: number | undefined;

  const stillMs = () => (stillSince === undefined ? 0 : performance.now() - stillSince);
  const timer = setInterval(() => {
    const { queued, size } = pool.stats;
    if (queued === 0 || answered !== answeredBefore) stillSince = undefined;
    else stillSince ??= performance.now();
    answeredBefore = answered;
    if (stillMs() < REPLACE_MS) return;
    const stuck = pool;
    pool = openPool(origin);
    stillSince = undefined;
    onReplace(size);
    void stuck.destroy();
  }, CHECK_INTERVAL_MS).unref();

  return {
    request(options, callback) {
      pool.request(options, (error, data) => {
        answered++;
        callback(error, data);
      });
    },
    isStuck: () => stillMs() >= STUCK_MS,
    async close() {
      clearInterval(timer);
      await pool.destroy();
    },
  };
}

function openPool(origin: string): Pool {
  return new Pool(origin, {
    connections: CONNECTIONS,
    headersTimeout: ANSWER_TIMEOUT_MS,
    bodyTimeout: ANSWER_TIMEOUT_MS,
    factory: (url, options) => new ReturningClient(url, options),
  });
}

/**
 * A client that its pool gets back when a request fails before it is sent, for instance for a header that undici refuses. Undici answers `false` to
 * such a request, which its pool takes for "busy until `drain`", and no `drain` follows.
 */
class ReturningClient extends Client {
  override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    return super.dispatch(options, handler) || this.stats.size === 0;
  }
}
