import Mixpanel from 'mixpanel';
import type { Pipeline } from '../delivery/pipeline.ts';
import type { LaneName } from '../delivery/record.ts';
import { warnOnce } from '../warn-once.ts';
import type { Encoder } from './encode.ts';
import { isUsableId } from './identity.ts';
import { createInsertIds } from './insert-id.ts';

/** What becomes of events and properties that the official client sends and the plan does not list. */
export type UnplannedPolicy = 'drop' | 'pass';

interface OfficialRequest {
  readonly endpoint: string;
  readonly data: unknown;
}

/** The method through which every request of the official client passes; it is not part of its published types. */
interface SendsRequests {
  send_request(request: OfficialRequest, callback?: (error?: Error) => void): void;
}

interface OfficialClientOptions {
  readonly token: string;
  readonly encoder: Encoder;
  readonly pipeline: Pipeline;
  readonly unplanned: UnplannedPolicy;
}

type Fields = Readonly<Record<string, unknown>>;

/** Fields that the client or a caller of it adds for the vendor; they are not properties of the event. */
const TRANSPORT_FIELDS = new Set([
  ...['token', 'mp_lib', '$lib_version', 'time', 'distinct_id', '$insert_id', 'ip', '$user_id', '$device_id'],
]);
/** Beside the operators, what a profile update consists of. */
const UPDATE_FIELDS = new Set([
  ...['$token', '$distinct_id', '$group_key', '$group_id', '$ip', '$ignore_time', '$time', '$ignore_alias'],
  ...['$latitude', '$longitude'],
]);
/** Means something under the vendor's original identity management only, and names no property. */
const ALIAS_EVENT = '$create_alias';

/**
 * Mixpanel's own client, its requests carried by our lanes: batched, durable, retried, and limited to the tracking plan like everything else.
 * A callback is called when its records are queued.
 */
export function createOfficialClient(options: OfficialClientOptions): Mixpanel.Mixpanel {
  const { token, encoder, pipeline, unplanned } = options;
  const nextInsertId = createInsertIds();
  const client = Mixpanel.init(token);
  (client as unknown as SendsRequests).send_request = ({ endpoint, data }, callback) => {
    for (const item of Array.isArray(data) ? data : [data]) route(endpoint, item as Fields);
    callback?.();
  };
  return client;

  function route(endpoint: string, item: Fields): void {
    try {
      if (endpoint === '/track' || endpoint === '/import') sendEvent(item);
      else if (endpoint === '/engage') sendUpdate('engage', item, item['$distinct_id']);
      else if (endpoint === '/groups') sendUpdate('groups', item, item['$group_id']);
      else warnOnce(`The Mixpanel client asked for ${endpoint}, which is not carried; nothing was sent.`);
    } catch {
      pipeline.drop('import', 'invalid_record');
    }
  }

  function sendEvent({ event: name, properties }: Fields): void {
    const given = (properties ?? {}) as Fields;
    const id = given['distinct_id'] ?? '';
    if (!isUsableId(id)) return refuse('import', 'forbidden_id', name);
    const insertId = typeof given['$insert_id'] === 'string' ? given['$insert_id'] : nextInsertId();
    const occurrence = { id, insertId, time: toMilliseconds(given['time']), traceId: undefined };
    const event = encoder.event(name);
    if (event && unplanned === 'drop') {
      return pipeline.push('import', encoder.encodeEvent(event, occurrence, without(given, TRANSPORT_FIELDS)));
    }
    if (unplanned === 'drop' && name !== ALIAS_EVENT) return refuse('import', 'unplanned_event', name);
    if (unplanned === 'pass')
      warnOnce('Unplanned events of the Mixpanel client are passed on as they are (mixpanelUnplanned).');
    const raw = { ...given, distinct_id: id, time: occurrence.time, $insert_id: insertId };
    pipeline.push('import', JSON.stringify({ event: name, properties: raw }));
  }

  function sendUpdate(lane: LaneName, item: Fields, id: unknown): void {
    if (unplanned === 'pass') {
      warnOnce('Unplanned properties of the Mixpanel client are passed on as they are (mixpanelUnplanned).');
      return pipeline.push(lane, JSON.stringify({ ...item, $token: token }));
    }
    const envelope = Object.fromEntries(Object.entries(item).filter(([name]) => UPDATE_FIELDS.has(name)));
    const encoded = encoder.profile(id, without(item, UPDATE_FIELDS), { ...envelope, $token: token });
    if (typeof encoded !== 'string') return refuse(lane, encoded.dropped, 'profile update');
    pipeline.push(lane, encoded);
  }

  function refuse(lane: LaneName, reason: Parameters<Pipeline['drop']>[1], name: unknown): void {
    pipeline.drop(lane, reason);
    warnOnce(`"${String(name)}" of the Mixpanel client was not sent: ${reason}.`);
  }
}

function without(fields: Fields, names: ReadonlySet<string>): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !names.has(name)));
}

/** The client passes seconds or milliseconds; this many seconds lie in the year 5138. */
const FIRST_MILLISECONDS = 100_000_000_000;

function toMilliseconds(time: unknown): number {
  const number = Number(time);
  if (time === undefined || !Number.isFinite(number)) return Date.now();
  return Math.round(number < FIRST_MILLISECONDS ? number * 1000 : number);
}
