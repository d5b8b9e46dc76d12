import { reasonOf } from './names.ts';
import { QueueRedis } from './queue-redis.ts';

/** How long Redis may take to accept us. */
const CONNECT_TIMEOUT_MS = 1000;
/** How long it may take to answer; a batch of 2 MB has to fit. */
const COMMAND_TIMEOUT_MS = 3000;

/**
 * A connection that fails rather than waits. Whoever uses it has the batches on disk and a retry policy of its own, so commands are never
 * queued here, and it connects when asked to instead of by itself.
 */
export class ProducerConnection {
  readonly redis: QueueRedis;
  #connecting: Promise<void> | undefined;
  #lastError = 'the connection was closed';

  /** @param onLost called whenever an established connection ends. */
  constructor(url: string, onLost: (reason: string) => void) {
    this.redis = new QueueRedis(url, {
      lazyConnect: true,
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      retryStrategy: () => null,
      connectTimeout: CONNECT_TIMEOUT_MS,
      commandTimeout: COMMAND_TIMEOUT_MS,
    });
    this.redis.on('error', (error) => {
      this.#lastError = reasonOf(error);
    });
    this.redis.on('end', () => onLost(`Redis cannot be reached: ${this.#lastError}`));
  }

  /** @throws when Redis does not answer in time. */
  async ready(): Promise<void> {
    if (this.redis.status === 'ready') return;
    this.#connecting ??= this.#connect().finally(() => {
      this.#connecting = undefined;
    });
    await this.#connecting;
  }

  close(): void {
    if (this.redis.status === 'end') return;
    this.redis.disconnect();
    // A server that hangs would not answer our goodbye.
    this.redis.stream?.destroy();
  }

  async #connect(): Promise<void> {
    // One that hangs, or is still loading its data, accepts a connection and then says nothing of use.
    const timer = setTimeout(() => {
      this.#lastError = `no answer within ${CONNECT_TIMEOUT_MS} ms`;
      this.close();
    }, CONNECT_TIMEOUT_MS);
    try {
      await this.redis.connect();
      // What waits here is on disk: no reason to keep a process alive.
      this.redis.stream.unref();
    } catch {
      throw new Error(`Redis cannot be reached: ${this.#lastError}`);
    } finally {
      clearTimeout(timer);
    }
  }
}
