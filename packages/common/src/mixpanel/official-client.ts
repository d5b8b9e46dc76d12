import { randomUUID } from 'node:crypto';
import Mixpanel from 'mixpanel';
import type { Pipeline } from '../delivery/pipeline.ts';
import type { LaneName } from '../delivery/record.ts';
import { warnOnce } from '../warn-once.ts';
import type { Encoded, Encoder } from './encode.ts';

interface OfficialRequest {
  readonly endpoint: string;
  readonly data: unknown;
}

type Callback = (error?: Error) => void;

/** The method through which every request of the official client passes; it is not part of its published types. */
interface SendsRequests {
  send_request(request: OfficialRequest, callback?: Callback): void;
}

interface OfficialClientOptions {
  readonly token: string;
  readonly encoder: Encoder;
  readonly pipeline: Pipeline;
}

/** Fields that the client or a caller of it adds for the vendor; they are not properties of the event. */
const TRANSPORT_FIELDS = new Set([
  'token',
  'mp_lib',
  '$lib_version',
  'time',
  'distinct_id',
  '$insert_id',
  'ip',
  '$user_id',
  '$device_id',
]);
/** Beside the operators, what a profile update consists of. */
const UPDATE_FIELDS = new Set([
  '$token',
  '$distinct_id',
  '$group_key',
  '$group_id',
  '$ip',
  '$ignore_time',
  '$time',
  '$ignore_alias',
]);

/**
 * Mixpanel's own client, its requests carried by our lanes: batched, retried, and limited to the tracking plan like everything else.
 * A callback is called when its records are queued.
 */
export function createOfficialClient({ token, encoder, pipeline }: OfficialClientOptions): Mixpanel.Mixpanel {
  const client = Mixpanel.init(token);
  (client as unknown as SendsRequests).send_request = ({ endpoint, data }, callback) => {
    for (const item of Array.isArray(data) ? data : [data]) route(endpoint, item as Record<string, unknown>);
    callback?.();
  };
  return client;

  function route(endpoint: string, item: Record<string, unknown>): void {
    try {
      if (endpoint === '/track' || endpoint === '/import') push('import', encodeEvent(item));
      else if (endpoint === '/engage') push('engage', encodeUpdate(item, String(item['$distinct_id'])));
      else if (endpoint === '/groups') push('groups', encodeUpdate(item, String(item['$group_id'])));
      else warnOnce(`The Mixpanel client asked for ${endpoint}, which is not carried; nothing was sent.`);
    } catch {
      pipeline.counters('import').drop('invalid_record');
    }
  }

  function encodeEvent({ event, properties }: Record<string, unknown>): Encoded {
    const given = (properties ?? {}) as Record<string, unknown>;
    const id = given['distinct_id'] ?? '';
    const planned = Object.fromEntries(Object.entries(given).filter(([name]) => !TRANSPORT_FIELDS.has(name)));
    const insertId = typeof given['$insert_id'] === 'string' ? given['$insert_id'] : randomUUID();
    return encoder.event(event, { id, time: toMilliseconds(given['time']), insertId }, planned);
  }

  function encodeUpdate(item: Record<string, unknown>, id: string): Encoded {
    const entries = Object.entries(item);
    const operations = Object.fromEntries(entries.filter(([name]) => !UPDATE_FIELDS.has(name)));
    const extra = Object.fromEntries(entries.filter(([name]) => UPDATE_FIELDS.has(name)));
    return encoder.profile(id, operations, { ...extra, $token: token });
  }

  function push(lane: LaneName, encoded: Encoded): void {
    if ('record' in encoded) return pipeline.push(lane, encoded.record);
    pipeline.counters(lane).drop(encoded.dropped);
    warnOnce(`A record of the Mixpanel client was not sent: ${encoded.dropped}.`);
  }
}

/** The client passes seconds or milliseconds; this many seconds lie in the year 5138. */
const FIRST_MILLISECONDS = 100_000_000_000;

function toMilliseconds(time: unknown): number {
  const number = Number(time);
  if (time === undefined || !Number.isFinite(number)) return Date.now();
  return number < FIRST_MILLISECONDS ? number * 1000 : number;
}
