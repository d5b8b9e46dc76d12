import { type BrowserOptions, makeFetchTransport } from '@sentry/react';
import type { PageParts } from '../eager/page-parts.ts';
import { sendKept } from './send-kept.ts';

type MakeTransport = NonNullable<BrowserOptions['transport']>;
type Transport = ReturnType<MakeTransport>;
type Envelope = Parameters<Transport['send']>[0];
type Response = Awaited<ReturnType<Transport['send']>>;

/** As many errors as a page reports. */
const MAX_KEPT = 30;
const RETRY_MS = 10_000;
const MAX_RETRY_MS = 5 * 60_000;
/** A page that is still there after so long was not being left. */
const UNLOAD_MS = 100;

/**
 * Makes the SDK's transport, which gives up at the first failure, with a memory for errors: what found no connection, or a receiver that was too busy or
 * asked for silence, is sent again when the browser is online, and after 10, 20, 40 ... seconds. When the page is left it waits on the device for the
 * next visit, with consent. It keeps what passed all gates already.
 */
export function createKeepingTransport({ keep: keepForNextVisit, keptKey, whenLeft }: PageParts): MakeTransport {
  return (options) => {
    // By default the SDK takes the `fetch` of a frame that it removes at once, whose requests may fail, or fail after they were sent.
    const pageFetch = globalThis.fetch.bind(globalThis);
    const transport = makeFetchTransport(
      {
        ...options,
        // What is kept is not dropped.
        recordDroppedEvent: (reason, category, count) => {
          if (category !== 'error') options.recordDroppedEvent(reason, category, count);
        },
      },
      pageFetch,
    );
    const kept = new Set<Envelope>();
    const underWay = new Set<Envelope>();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let retryMs = RETRY_MS;

    async function send(envelope: Envelope): Promise<Response> {
      const isError = holdsError(envelope);
      if (isError) underWay.add(envelope);
      try {
        const response = await transport.send(envelope);
        if (isError && isTemporary(response)) keep(envelope);
        else retryMs = RETRY_MS;
        return response;
      } catch (error) {
        // One that was stored while it was under way waits there already.
        if (isError && underWay.has(envelope)) keepUnlessLeft(envelope);
        throw error;
      } finally {
        underWay.delete(envelope);
      }
    }

    /** The browser rejects what is under way as it unloads the page, although the request goes on: it must not be sent twice. */
    function keepUnlessLeft(envelope: Envelope): void {
      if (navigator.onLine) setTimeout(() => keep(envelope), UNLOAD_MS);
      else keep(envelope);
    }

    function keep(envelope: Envelope): void {
      if (kept.size >= MAX_KEPT) return;
      kept.add(envelope);
      if (timer !== undefined) return;
      timer = setTimeout(sendAgain, retryMs);
      retryMs = Math.min(MAX_RETRY_MS, 2 * retryMs);
    }

    function sendAgain(): void {
      clearTimeout(timer);
      timer = undefined;
      const again = [...kept];
      kept.clear();
      for (const envelope of again) void Promise.resolve(send(envelope)).catch(() => {});
    }

    function store(): void {
      // A request that is under way outlives the page, unless there is no connection.
      for (const envelopes of navigator.onLine ? [kept] : [kept, underWay]) {
        for (const envelope of envelopes) {
          if (keepForNextVisit(options.url, textOf(envelope))) envelopes.delete(envelope);
        }
      }
    }

    addEventListener('online', () => {
      sendAgain();
      void sendKept(keptKey);
    });
    whenLeft(store);
    return { send, flush: transport.flush };
  };
}

/** Without a status it was not sent: the SDK itself is silent for as long as the receiver has asked for. */
function isTemporary({ statusCode }: Response): boolean {
  return statusCode === undefined || statusCode === 429 || statusCode >= 500;
}

function holdsError([, items]: Envelope): boolean {
  return (items as readonly (readonly [{ readonly type?: string }, unknown])[]).some(([{ type }]) => type === 'event');
}

/** One of errors holds JSON only: https://develop.sentry.dev/sdk/data-model/envelopes/ */
function textOf([headers, items]: Envelope): string {
  return [headers, ...(items as readonly (readonly unknown[])[]).flat()].map((part) => JSON.stringify(part)).join('\n');
}
