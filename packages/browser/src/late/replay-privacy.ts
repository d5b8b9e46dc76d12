import { scrubText, stripUrl } from '@qr/telemetry/privacy';
import type { BrowserOptions } from '@sentry/browser';

type Transport = ReturnType<NonNullable<BrowserOptions['transport']>>;
type Envelope = Parameters<Transport['send']>[0];
type Item = readonly [{ readonly type?: string }, unknown];

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
