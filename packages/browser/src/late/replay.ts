// Not from @sentry/browser, which would put all of it into this chunk.

import type { BrowserClient } from '@sentry/browser';
import { replayIntegration } from '@sentry/replay';
import { privateReplay } from './replay-privacy.ts';

/** A recording of the page in which every text, input and picture is masked. */
export function addReplay(
  client: BrowserClient,
  isWholeSession: boolean,
  warn: (message: string) => void,
): { start(): void; stop(): void } {
  const replay = replayIntegration({
    maskAllText: true,
    maskAllInputs: true,
    blockAllMedia: true,
    // Labels that people wrote.
    maskAttributes: ['title', 'placeholder', 'aria-label', 'alt', 'value', 'href', 'src'],
    // Its worker is a blob, which a strict Content-Security-Policy refuses; and what is compressed cannot be cleaned.
    useCompression: false,
  });
  const transport = client.getTransport();
  if (transport) {
    // Recordings go to the transport directly, past every hook of the client.
    const { send } = transport;
    transport.send = (envelope) => send(privateReplay(envelope));
  }
  client.addIntegration(replay);
  return {
    start() {
      if (isWholeSession) replay.start();
      else replay.startBuffering();
    },
    stop() {
      replay.stop().catch((error: unknown) => warn(`the session recording did not stop (${error})`));
    },
  };
}
