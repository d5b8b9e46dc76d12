import { type Identity, LINK_EVENTS } from '../store/identity.ts';
import type { JsonObject, StoredEvent } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import type { PlanComparison } from './compare.ts';

/** The answer of `GET /api/plan`. */
export interface PlanView extends PlanComparison {
  /** False when the inbox has no tracking plan: nothing is planned and nothing unplanned. */
  readonly hasPlan: boolean;
  readonly warnings: readonly PlanWarning[];
}

/** Something that the vendor accepts and treats otherwise than its sender means. */
export interface PlanWarning {
  readonly kind: WarningKind;
  /** What happened, to be read after the count. */
  readonly title: string;
  readonly advice: string;
  readonly count: number;
  readonly lastSeen: number;
  /** The id of the latest record, when there is one to look at. */
  readonly recordId: number | null;
}

type WarningKind =
  | 'ignored-link'
  | 'failed-link'
  | 'server-located-events'
  | 'server-located-profiles'
  | 'gzip-groups'
  | 'gzip-engage'
  | 'other-distinct-id'
  | 'bucket';

type Finding = Pick<PlanWarning, 'kind' | 'title' | 'advice'>;

/** Counts what the vendor would accept and then misplace, ignore or hide. */
export function planWarnings(store: Store, events: Iterable<StoredEvent>): PlanWarning[] {
  const tallies = new Map<Finding, Tally>();
  const count = (finding: Finding, id: number, time: number): void => {
    const tally = tallies.get(finding);
    if (tally === undefined) tallies.set(finding, { count: 1, lastSeen: time, recordId: id });
    else addTo(tally, id, time);
  };
  const isSimplified = store.idMerge === 'simplified';
  for (const { id, time, event, properties, placement } of events) {
    if (placement?.by === 'request' && placement.isServer) count(SERVER_LOCATED_EVENTS, id, time);
    if (properties['bucket'] !== undefined || properties['$bucket'] !== undefined) count(BUCKET, id, time);
    if (!isSimplified) continue;
    const ignored = IGNORED_LINKS.get(event);
    if (ignored !== undefined) count(ignored, id, time);
    if (hasOtherDistinctId(properties)) count(OTHER_DISTINCT_ID, id, time);
  }
  for (const { id, receivedAt, placement, gzip, groupKey } of store.of('profile')) {
    if (placement?.by === 'request' && placement.isServer) count(SERVER_LOCATED_PROFILES, id, receivedAt);
    if (gzip === true && groupKey !== null) count(GZIP_GROUPS, id, receivedAt);
  }
  for (const { id, receivedAt, endpoint, field } of store.of('rejected')) {
    if (endpoint === 'engage' && field === 'Content-Encoding') count(GZIP_ENGAGE, id, receivedAt);
  }
  const found = [...tallies].map(([finding, tally]): PlanWarning => ({ ...finding, ...tally }));
  return [...found, ...failedLinks(store.identity)].sort((left, right) => right.count - left.count);
}

interface Tally {
  count: number;
  lastSeen: number;
  recordId: number;
}

function addTo(tally: Tally, id: number, time: number): void {
  tally.count += 1;
  if (time < tally.lastSeen || (time === tally.lastSeen && id < tally.recordId)) return;
  tally.lastSeen = time;
  tally.recordId = id;
}

function failedLinks(identity: Identity): PlanWarning[] {
  return [...identity.failures()].map(([reason, { count, lastSeen }]) => ({
    kind: 'failed-link',
    title: `linked no ids: ${reason}`,
    advice: 'Send $identify with $identified_id and a new UUID (version 4) as $anon_id, once for each pair of ids.',
    count,
    lastSeen,
    recordId: null,
  }));
}

function hasOtherDistinctId({ distinct_id: distinctId, $user_id: userId }: JsonObject): boolean {
  if (typeof userId !== 'string' || userId === '' || distinctId === undefined) return false;
  return typeof distinctId === 'number' ? String(distinctId) !== userId : distinctId !== userId;
}

const IGNORED_LINKS: ReadonlyMap<string, Finding> = new Map(
  [...LINK_EVENTS].map((event) => [
    event,
    {
      kind: 'ignored-link',
      title: `${event} is ignored: the project uses Simplified ID Merge`,
      advice:
        'It links no ids. Two ids merge on the first ordinary event with both $device_id and $user_id; browser SDKs send ' +
        'those by themselves after identify(). If your project uses Original ID Merge, set MIXPANEL_ID_MERGE=original.',
    },
  ]),
);

const SERVER_LOCATED_EVENTS: Finding = {
  kind: 'server-located-events',
  title: "Events are located at your server's address",
  advice:
    'Without an ip property Mixpanel uses the address of the request. Send ip: "0" for no location, the visitor\'s ' +
    'address as ip, or mp_country_code where you know the country.',
};

const SERVER_LOCATED_PROFILES: Finding = {
  kind: 'server-located-profiles',
  title: "Profiles are located at your server's address",
  advice: 'Each update moves the user there. Send $ip: "0" in the update, or ip=0 in the query.',
};

const GZIP_GROUPS: Finding = {
  kind: 'gzip-groups',
  title: 'Group updates came gzipped',
  advice: 'Mixpanel documents gzip for events only. Send /groups uncompressed.',
};

const GZIP_ENGAGE: Finding = {
  kind: 'gzip-engage',
  title: 'Requests to /engage were refused: gzip is not supported there',
  advice: 'Send /engage uncompressed.',
};

const OTHER_DISTINCT_ID: Finding = {
  kind: 'other-distinct-id',
  title: 'Events have a distinct_id other than their $user_id',
  advice: 'Mixpanel takes $user_id. Send the same value as distinct_id, or none.',
};

const BUCKET: Finding = {
  kind: 'bucket',
  title: 'Events have a property named bucket or $bucket',
  advice: 'Rename it: Mixpanel hides such a property and, because of it, other events.',
};
