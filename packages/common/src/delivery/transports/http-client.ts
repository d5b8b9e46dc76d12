import { EnvHttpProxyAgent, Pool } from 'undici';
import type { Reply } from '../transport.ts';

/** What {@link createHttpClient} takes. */
interface HttpClientOptions {
  readonly origin: string;
  /** For connecting, and between two signs of life of the receiver. @default 10_000 */
  readonly timeoutMs?: number;
}

const PROXY_VARIABLES = ['http_proxy', 'https_proxy', 'HTTP_PROXY', 'HTTPS_PROXY'];

/**
 * Posts JSON, unless the headers name another type, over kept-alive connections, through the proxy that the environment names if any
 * (`HTTP_PROXY`, `HTTPS_PROXY`, `NO_PROXY`); a failure is a reply, never an exception.
 */
export function createHttpClient({ origin, timeoutMs = 10_000 }: HttpClientOptions) {
  const settings = {
    connections: 4,
    connect: { timeout: timeoutMs },
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
  };
  const isProxied = PROXY_VARIABLES.some((name) => process.env[name]);
  const dispatcher = isProxied ? new EnvHttpProxyAgent(settings) : new Pool(origin, settings);
  async function post(path: string, headers: Readonly<Record<string, string>>, body: Buffer | string): Promise<Reply> {
    try {
      const response = await dispatcher.request({
        origin,
        method: 'POST',
        path,
        headers: { 'content-type': 'application/json', ...headers },
        body,
        // A receiver that answers byte by byte resets the timeouts above each time.
        signal: AbortSignal.timeout(timeoutMs * 3),
      });
      return { status: response.statusCode, headers: flatten(response.headers), body: await response.body.text() };
    } catch (error) {
      return { networkError: error instanceof Error ? error.message : String(error) };
    }
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

function flatten(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}
