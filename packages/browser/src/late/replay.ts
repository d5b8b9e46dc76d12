import { scrubText, stripUrl } from '@qr/telemetry/privacy';
import type { BrowserClient, BrowserOptions } from '@sentry/react';
// Not from @sentry/react, which would put all of it into this chunk.
import { replayIntegration } from '@sentry/replay';

type Transport = ReturnType<NonNullable<BrowserOptions['transport']>>;
type Envelope = Parameters<Transport['send']>[0];
type Item = readonly [{ readonly type?: string }, unknown];

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

/** The last gate of a recording: addresses without queries, scrubbed texts, nobody's name. Other envelopes pass as they are. */
export function privateReplay(envelope: Envelope): Envelope {
  const [headers, items] = envelope as unknown as readonly [unknown, readonly Item[]];
  if (!items.some(([{ type }]) => type?.startsWith('replay_'))) return envelope;
  const clean = items.flatMap(([header, payload]): Item[] => {
    if (header.type === 'replay_event') return [[header, privateReplayEvent(payload as Record<string, unknown>)]];
    if (header.type !== 'replay_recording') return [[header, payload]];
    // Bytes would be compressed, which is switched off: what cannot be read is not sent.
    if (typeof payload !== 'string') return [];
    const recording = privateRecording(payload);
    return [[{ ...header, length: new TextEncoder().encode(recording).length } as Item[0], recording]];
  });
  return [headers, clean] as unknown as Envelope;
}

function privateReplayEvent({ user, request: _, breadcrumbs: __, extra: ___, ...event }: Record<string, unknown>) {
  const id = (user as { id?: unknown } | undefined)?.id;
  return { ...(clean(event, '') as object), ...(typeof id === 'string' && { user: { id } }) };
}

/** A line that says which part of the recording it is, and the events of it as JSON. */
function privateRecording(payload: string): string {
  const end = payload.indexOf('\n');
  return `${payload.slice(0, end)}\n${JSON.stringify(clean(JSON.parse(payload.slice(end + 1)), ''))}`;
}

const ID = /(?:^|_)id$/;
const ADDRESS = /^(?:[a-z][a-z0-9+.-]*:\/\/|\/)\S*[?#]/i;

function clean(value: unknown, key: string): unknown {
  if (typeof value === 'string') {
    if (ID.test(key)) return value;
    return scrubText(ADDRESS.test(value) ? stripUrl(value) : value);
  }
  if (Array.isArray(value)) return value.map((item) => clean(item, key));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, clean(item, name)]));
}
