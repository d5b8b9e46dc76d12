import { type BrowserOptions, type makeFetchTransport as Make, makeFetchTransport } from '@sentry/browser';

type MakeTransport = NonNullable<BrowserOptions['transport']>;
type Transport = ReturnType<MakeTransport>;
type Envelope = Parameters<Transport['send']>[0];

/** Of errors that could not be sent; the oldest, which explain the rest, are kept. */
const MAX_KEPT = 30;
const RETRY_MS = 10_000;

/**
 * The SDK's transport, which gives up at the first failure, with a memory for errors: what found no connection, or a receiver that was too busy, is
 * sent again when the browser is online, and every ten seconds. It keeps what passed all gates already.
 */
export const makeKeepingTransport: MakeTransport = (options: Parameters<typeof Make>[0]): Transport => {
  const transport = makeFetchTransport(options);
  let kept: Envelope[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function send(envelope: Envelope): Promise<Awaited<ReturnType<Transport['send']>>> {
    try {
      const response = await transport.send(envelope);
      if (isTemporary(response.statusCode)) keep(envelope);
      return response;
    } catch (error) {
      keep(envelope);
      throw error;
    }
  }

  function keep(envelope: Envelope): void {
    if (!holdsError(envelope) || kept.length >= MAX_KEPT) return;
    kept.push(envelope);
    timer ??= setTimeout(sendAgain, RETRY_MS);
  }

  function sendAgain(): void {
    clearTimeout(timer);
    timer = undefined;
    const again = kept;
    kept = [];
    for (const envelope of again) void Promise.resolve(send(envelope)).catch(() => {});
  }

  addEventListener('online', sendAgain);
  return { send, flush: transport.flush };
};

/** A limit of the vendor's is obeyed by the SDK itself, which then sends nothing. */
function isTemporary(status: number | undefined): boolean {
  return status !== undefined && status >= 500;
}

function holdsError([, items]: Envelope): boolean {
  return (items as readonly (readonly [{ readonly type?: string }, unknown])[]).some(([{ type }]) => type === 'event');
}
