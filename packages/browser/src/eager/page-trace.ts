import { methods, page } from './page-state.ts';

/** The place of the current page in its trace. */
export interface PageTrace {
  readonly traceId: string;
  /** The `sentry-trace` header of requests, with the span of what the page does before the SDK is there; undefined once the SDK sets it. */
  readonly header: string | undefined;
  /** Decided with the first line of the page, so that services and the SDK follow one decision. */
  readonly isSampled: boolean;
}

/**
 * Opens the trace of the page load. The SDK, which arrives later, continues it, and sets the trace of each further page.
 *
 * Until then, requests to the page's own origin get the header that the SDK would give them. The method of every request is noted.
 */
export function openPageTrace(sampleRate: number): void {
  const traceId = hexId();
  const isSampled = Math.random() < sampleRate;
  page.trace = { traceId, isSampled, header: `${traceId}-${hexId(8)}-${+isSampled}` };
  const original = globalThis.fetch;
  // Asynchronous, so that an invalid address becomes a rejection, as with `fetch` itself.
  globalThis.fetch = async (input, init) => {
    const { url = String(input), method = 'GET' } = input as Partial<Request>;
    let request = input;
    // A foreign origin has no business with our trace, and the header would cost a preflight.
    if (page.trace?.header && new URL(url, location.href).origin === location.origin) {
      request = new Request(input, init);
      request.headers.set('sentry-trace', page.trace.header);
    }
    const response = await original(request, request === input ? init : undefined);
    methods.set(response, init?.method ?? method);
    return response;
  };
}

/** Returns a random id of `2 * bytes` hex digits; Sentry's event ids and trace ids have 16 bytes, span ids have 8. */
export function hexId(bytes = 16): string {
  let id = '';
  for (const byte of crypto.getRandomValues(new Uint8Array(bytes))) id += (byte + 256).toString(16).slice(1);
  return id;
}
