import {
  BrokenCircuitError,
  ConsecutiveBreaker,
  ConstantBackoff,
  circuitBreaker,
  handleAll,
  handleWhen,
  retry,
  wrap,
} from 'cockatiel';

export interface ServiceClientOptions {
  /** The other service, as errors call it. */
  readonly name: string;
  /** Its origin; a slash at the end does no harm. */
  readonly origin: string;
  readonly serviceToken: string;
  /** For a call with everything in it. @default 2000 */
  readonly timeoutMs?: number;
  /** Failures in a row after which the service is left alone. @default 5 */
  readonly maxFailures?: number;
  /** For how long; then one call finds out whether it is back. @default 2000 */
  readonly restMs?: number;
}

/** What another service answered. */
export interface ServiceAnswer {
  readonly status: number;
  /** Of JSON; `undefined` for anything else. */
  readonly body: unknown;
}

/** Asks another service. Both methods may be repeated, and are, once, when the connection failed. */
export interface ServiceClient {
  /** @throws when there is no answer in time, it is of another status than those expected, or the service is left alone. */
  get(path: string, expected: readonly number[]): Promise<ServiceAnswer>;
  /** The same. */
  delete(path: string, expected: readonly number[]): Promise<ServiceAnswer>;
}

const RETRY_AFTER_MS = 50;

/** Another service could not be asked, or did not answer as expected: one cause, whichever route needed it. */
class ServiceError extends Error {
  override readonly name = 'ServiceError';
  readonly code = 'ERR_SERVICE_FAILED';
  readonly service: string;

  constructor(service: string, message: string) {
    super(message);
    this.service = service;
  }
}

/**
 * A client for the internal routes of another service: it shows the service token, gives up in time, tries once more when a connection broke (as
 * in a deploy), and leaves a service alone that keeps failing, so that nobody waits for it and it can recover.
 */
export function createServiceClient(options: ServiceClientOptions): ServiceClient {
  const { name, serviceToken, timeoutMs = 2000, maxFailures = 5, restMs = 2000 } = options;
  const { origin } = new URL(options.origin);
  const headers = { authorization: `Bearer ${serviceToken}` };
  const breaker = circuitBreaker(handleAll, { halfOpenAfter: restMs, breaker: new ConsecutiveBreaker(maxFailures) });
  // Not after an answer: a service that says it is busy would only get more to do.
  const onceMore = retry(handleWhen(isConnectionFailure), {
    maxAttempts: 1,
    backoff: new ConstantBackoff(RETRY_AFTER_MS),
  });
  const policy = wrap(breaker, onceMore);

  async function ask(method: string, path: string, expected: readonly number[]): Promise<ServiceAnswer> {
    const signal = AbortSignal.timeout(timeoutMs);
    try {
      return await policy.execute(async () => {
        const response = await fetch(`${origin}${path}`, { method, headers, redirect: 'error', signal });
        // Read to the end, or the connection could not be used again.
        const text = await response.text();
        const { status } = response;
        if (!expected.includes(status))
          throw new ServiceError(name, `${name} answered ${status}, expected ${expected.join(' or ')}.`);
        const isJson = response.headers.get('content-type')?.startsWith('application/json');
        return { status, body: isJson ? JSON.parse(text) : undefined };
      });
    } catch (error) {
      if (!(error instanceof BrokenCircuitError)) throw error;
      throw new ServiceError(name, `${name} failed ${maxFailures} times in a row and is left alone for ${restMs} ms.`);
    }
  }

  return {
    get: (path, expected) => ask('GET', path, expected),
    delete: (path, expected) => ask('DELETE', path, expected),
  };
}

/** `fetch` says no more than that it failed; the reason is behind it. A time-out is no reason to wait again. */
function isConnectionFailure(error: unknown): boolean {
  return error instanceof TypeError && error.cause instanceof Error && 'code' in error.cause;
}
