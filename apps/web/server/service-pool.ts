import { Client, type Dispatcher, Pool } from 'undici';

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
export interface ServicePool {
  request(options: Dispatcher.RequestOptions, callback: RequestCallback): void;
  /** Whether requests wait although none has been answered for 2 seconds. */
  isStuck(): boolean;
  close(): Promise<void>;
}

/** Called once, with the answer or the reason why there is none. */
export type RequestCallback = (error: Error | null, data: Dispatcher.ResponseData) => void;

/**
 * Creates the pool of connections to an origin. A pool in which requests wait while none is answered for 5 seconds is replaced: the requests that
 * it holds fail, and the next ones get new connections.
 *
 * @param onReplace called with the number of requests that failed.
 */
export function createServicePool(origin: string, onReplace: (failed: number) => void): ServicePool {
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
