import { type Identity, LINK_EVENTS } from '../store/identity.ts';
import type { StoredEvent, StoredRecord } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import type { PlanComparison } from './compare.ts';

/** The answer of `GET /api/plan`. */
export interface PlanView extends PlanComparison {
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
  const tally = new Tally();
  const isSimplified = store.idMerge === 'simplified';
  for (const event of events) {
    if (isSimplified && LINK_EVENTS.has(event.event)) tally.add(ignoredLink(event.event), event);
    if (event.placement?.by === 'request' && event.placement.isServer) tally.add(SERVER_LOCATED_EVENTS, event);
    if ('bucket' in event.properties || '$bucket' in event.properties) tally.add(BUCKET, event);
    if (isSimplified && hasOtherDistinctId(event)) tally.add(OTHER_DISTINCT_ID, event);
  }
  for (const update of store.of('profile')) {
    if (update.placement?.by === 'request' && update.placement.isServer) tally.add(SERVER_LOCATED_PROFILES, update);
    if (update.gzip === true && update.groupKey !== null) tally.add(GZIP_GROUPS, update);
  }
  for (const rejection of store.of('rejected')) {
    if (rejection.endpoint === 'engage' && rejection.field === 'Content-Encoding') tally.add(GZIP_ENGAGE, rejection);
  }
  return [...tally.warnings(), ...failedLinks(store.identity)].sort((left, right) => right.count - left.count);
}

class Tally {
  readonly #warnings = new Map<string, PlanWarning>();

  add(finding: Finding, record: StoredRecord): void {
    const time = 'time' in record ? record.time : record.receivedAt;
    const known = this.#warnings.get(finding.title);
    const isLatest = known === undefined || time >= known.lastSeen;
    this.#warnings.set(finding.title, {
      ...finding,
      count: (known?.count ?? 0) + 1,
      lastSeen: isLatest ? time : known.lastSeen,
      recordId: isLatest ? record.id : known.recordId,
    });
  }

  warnings(): PlanWarning[] {
    return [...this.#warnings.values()];
  }
}

function ignoredLink(event: string): Finding {
  return {
    kind: 'ignored-link',
    title: `${event} is ignored: the project uses Simplified ID Merge`,
    advice:
      'It links no ids. Two ids merge on the first ordinary event with both $device_id and $user_id; browser SDKs send ' +
      'those by themselves after identify(). If your project uses Original ID Merge, set MIXPANEL_ID_MERGE=original.',
  };
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

function hasOtherDistinctId({ properties }: StoredEvent): boolean {
  const { distinct_id: distinctId, $user_id: userId } = properties;
  return typeof userId === 'string' && userId !== '' && distinctId !== undefined && String(distinctId) !== userId;
}

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
