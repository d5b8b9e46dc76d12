import { type Dispatcher, EnvHttpProxyAgent, Pool } from 'undici';
import type { Reply } from '../transport.ts';
import { HttpExchange } from './http-exchange.ts';

/** What {@link createHttpClient} takes. */
interface HttpClientOptions {
  readonly origin: string;
  /** For connecting, and between two signs of life of the receiver. @default 10_000 */
  readonly timeoutMs?: number;
  /** How many requests may be under way. @default 4 */
  readonly connections?: number;
}

const PROXY_VARIABLES = ['http_proxy', 'https_proxy', 'HTTP_PROXY', 'HTTPS_PROXY'];

/**
 * Posts JSON, unless the headers name another type, over kept-alive connections, through the proxy that the environment names if any
 * (`HTTP_PROXY`, `HTTPS_PROXY`, `NO_PROXY`); a failure is a reply, never an exception.
 */
export function createHttpClient({ origin, timeoutMs = 10_000, connections = 4 }: HttpClientOptions) {
  const settings = {
    connections,
    connect: { timeout: timeoutMs },
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
  };
  const isProxied = PROXY_VARIABLES.some((name) => process.env[name]);
  const dispatcher: Dispatcher = isProxied ? new EnvHttpProxyAgent(settings) : new Pool(origin, settings);

  function post(path: string, headers: Readonly<Record<string, string>>, body: Buffer | string): Promise<Reply> {
    return new Promise((resolve) => {
      const exchange = new HttpExchange(resolve, timeoutMs * 3);
      const allHeaders = { 'content-type': 'application/json', ...headers };
      try {
        dispatcher.dispatch({ origin, method: 'POST', path, headers: allHeaders, body }, exchange);
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
    close: () => dispatcher.destroy(),
  };
}
