import { HttpExchange } from './http-exchange.ts';
import type { Reply } from './lanes.ts';
import { createDispatcher } from './proxy.ts';

export { createDispatcher };

interface HttpClientOptions {
  /** With a path, which is put before the path of each request. */
  readonly origin: string;
  /** For connecting, and between two signs of life of the receiver. @default 10_000 */
  readonly timeoutMs?: number;
  /** How many requests may be under way. @default 4 */
  readonly connections?: number;
  /** Called when the environment names a proxy that cannot be used. */
  readonly warn: (message: string) => void;
}

/**
 * Posts JSON, unless the headers name another type, over kept-alive connections, through the proxy that the environment names if any
 * (see `createDispatcher`); a failure is a reply, never an exception. With settings or a proxy that cannot be used, every reply is a failure.
 */
export function createHttpClient({ origin: address, timeoutMs = 10_000, connections = 4, warn }: HttpClientOptions) {
  const { origin, pathname } = new URL(address);
  const prefix = pathname.replace(/\/$/, '');
  const settings = {
    connections,
    connect: { timeout: timeoutMs },
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
  };
  const opened = createDispatcher(origin, settings, warn);

  async function post(path: string, headers: Readonly<Record<string, string>>, body: Buffer | string): Promise<Reply> {
    const dispatcher = await opened;
    if (!dispatcher)
      return {
        networkError: 'no request can be made: a setting, or the proxy that the environment names, cannot be used',
      };
    return new Promise((resolve) => {
      const exchange = new HttpExchange(resolve, timeoutMs * 3);
      const allHeaders = { 'content-type': 'application/json', ...headers };
      try {
        dispatcher.dispatch({ origin, method: 'POST', path: prefix + path, headers: allHeaders, body }, exchange);
      } catch (error) {
        exchange.onResponseError(undefined, error);
      }
    });
  }

  return {
    /** @param body gzipped. */
    post: (path: string, headers: Readonly<Record<string, string>>, body: Buffer) =>
      post(path, { ...headers, 'content-encoding': 'gzip' }, body),
    /** @param body JSON. */
    postText: post,
    // What is under way when we close would be retried anyway.
    close: async () => (await opened)?.destroy(),
  };
}
