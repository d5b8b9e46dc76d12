import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { MAX_BODY_BYTES, type Transport } from '@qr/delivery';
import { createHttpClient } from '@qr/delivery/http';
import type { Destination, Link } from './destination.ts';
import { posthogLanes } from './lanes.ts';

/** What {@link posthog} takes. */
export interface PosthogOptions {
  /** The project's API key, `phc_…`. */
  readonly key: string;
  /** Origin of the ingestion API. @default 'https://us.i.posthog.com' */
  readonly host?: string;
  /** How long PostHog may take to answer. @default 10_000 */
  readonly timeoutMs?: number;
}

/** Sends events, profiles (`$set`, `$set_once`) and merged ids to PostHog. Events list it as `posthog`. PostHog is not asked to delete erased users. */
export function posthog({ key, host = 'https://us.i.posthog.com', timeoutMs }: PosthogOptions): Destination {
  return {
    name: 'posthog',
    lanes: posthogLanes,
    events: { lane: 'posthog' },
    profiles: { lane: 'posthog', write: profileOf },
    link: linkOf,
    open({ warn }) {
      const client = createHttpClient({ warn, origin: host, ...(timeoutMs !== undefined && { timeoutMs }) });
      return { posthog: createPosthogTransport(key, client) };
    },
  };
}

type Fields = Readonly<Record<string, unknown>>;

/** What PostHog would take for properties of the event, and what is told in another place. */
const NOT_PROPERTIES = new Set(['time', 'distinct_id', '$user_id', '$device_id', 'ip', 'mp_lib', 'mp_country_code']);

/** An event as the plan has written it. */
interface PlannedEvent {
  readonly event: string;
  readonly properties: Fields;
}

function eventOf({ event, properties }: PlannedEvent): Fields {
  const distinctId = String(properties['distinct_id']);
  const insertId = String(properties['$insert_id']);
  const isPerson = properties['$user_id'] !== undefined;
  const kept = Object.entries(properties).filter(([name]) => !NOT_PROPERTIES.has(name));
  return {
    uuid: uuidOf(insertId),
    event,
    // An event needs somebody; nobody is a person of this one event, without a profile.
    distinct_id: distinctId === '' ? insertId : distinctId,
    timestamp: new Date(Number(properties['time'])).toISOString(),
    properties: { ...Object.fromEntries(kept), $geoip_disable: true, $process_person_profile: isPerson },
  };
}

/** Operations other than the two that PostHog has are left out. */
function profileOf(json: string): string | undefined {
  const { $distinct_id: id, $set, $set_once } = JSON.parse(json) as Fields;
  if ($set === undefined && $set_once === undefined) return undefined;
  const properties = { $set, $set_once, $geoip_disable: true };
  return JSON.stringify({ event: '$set', distinct_id: id, timestamp: new Date().toISOString(), properties });
}

function linkOf({ userId, anonymousId, time, insertId }: Link): string {
  return JSON.stringify({
    uuid: uuidOf(insertId),
    event: '$identify',
    distinct_id: userId,
    timestamp: new Date(time).toISOString(),
    properties: { $anon_distinct_id: anonymousId, $geoip_disable: true },
  });
}

/** The same for every copy of an event: PostHog tells copies by it. RFC 9562, version 8. */
function uuidOf(insertId: string): string {
  const hex = createHash('sha256').update(insertId).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

const inflate = promisify(gunzip);

/** Events are put into PostHog's form here, so that no call that tracks waits for it; profiles and links, which are rare, have it already. */
function createPosthogTransport(key: string, client: ReturnType<typeof createHttpClient>): Transport {
  return {
    async send(_lane, { body }) {
      try {
        const text = (await inflate(body, { maxOutputLength: MAX_BODY_BYTES })).toString();
        const records = JSON.parse(text) as readonly (PlannedEvent | Fields)[];
        const batch = records.map((record) => (isPlanned(record) ? eventOf(record) : record));
        return await client.postText('/batch/', {}, JSON.stringify({ api_key: key, batch }));
      } catch (error) {
        return { networkError: `the batch cannot be read: ${error instanceof Error ? error.message : String(error)}` };
      }
    },
    close: () => client.close(),
  };
}

function isPlanned(record: PlannedEvent | Fields): record is PlannedEvent {
  return !('timestamp' in record);
}
