import { hexId } from './hex-id.ts';

/** The place of the current page in its trace. */
export interface PageTrace {
  readonly traceId: string;
  /** The value of a `sentry-trace` header, with the span of what the page did before the SDK was there. */
  readonly header: string;
  /** Decided with the first line of the page, so that services and the SDK follow one decision. */
  readonly isSampled: boolean;
}

/** The method of the request that a response answers; it does not say so itself. */
export const methods: WeakMap<object, string> = new WeakMap();
let trace: PageTrace | undefined;
let isFollowedBySdk = false;

/** Opens the trace of the page load; the SDK, which arrives later, continues it. */
export function openPageTrace(sampleRate: number): void {
  const traceId = hexId();
  const isSampled = Math.random() < sampleRate;
  trace = { traceId, isSampled, header: `${traceId}-${hexId(8)}-${+isSampled}` };
  traceRequests();
}

/** The SDK traces requests from now on. */
export function handOverRequests(): void {
  isFollowedBySdk = true;
}

/** Follows the trace of the current page after a navigation. */
export function followPageTrace(traceId: string): void {
  if (trace) trace = { ...trace, traceId };
}

/** The trace of the current page, or undefined when error tracking is off. */
export function pageTrace(): PageTrace | undefined {
  return trace;
}

/** Notes the method of each request. Gives what the page fetches from its own origin before the SDK is there the header that the SDK would give it. */
function traceRequests(): void {
  const original = globalThis.fetch;
  // Asynchronous, so that an address that is none becomes a rejection, as of `fetch` itself.
  globalThis.fetch = async (input, init) => {
    const { url = String(input), method = 'GET' } = input as Partial<Request>;
    let request = input;
    // A foreign origin has no business with our trace, and the header would cost a preflight.
    if (!isFollowedBySdk && trace && new URL(url, location.href).origin === location.origin) {
      request = new Request(input, init);
      request.headers.set('sentry-trace', trace.header);
    }
    const response = await original(request, request === input ? init : undefined);
    methods.set(response, init?.method ?? method);
    return response;
  };
}
