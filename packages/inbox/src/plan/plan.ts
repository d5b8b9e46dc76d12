import { type Plan, privacyOf } from '@qr/plan';
import type { FastifyInstance } from 'fastify';
import { uniqueNewestFirst } from '../query/records.ts';
import { type Identity, LINK_EVENTS } from '../store/identity.ts';
import type { JsonObject, StoredEvent } from '../store/records.ts';
import type { Store } from '../store/store.ts';

/** `GET /api/plan`: the tracking plan beside what arrived, and what the vendor makes of it without saying so. */
export function planRoute(app: FastifyInstance, plan: InboxPlan | undefined, store: Store): void {
  app.get('/api/plan', (): PlanView => {
    const events = [...uniqueNewestFirst(store)];
    const comparison = plan === undefined ? { planned: [], unplanned: [] } : comparePlan(plan, events);
    return { ...comparison, hasPlan: plan !== undefined, warnings: planWarnings(store, events) };
  });
}

/** A tracking plan, as far as the inbox reads it. */
export type InboxPlan = Pick<Plan, 'events' | 'identify'> & {
  /** Events from a user's first visit to the goal, for the funnel that is shown first. @default none */
  readonly funnel?: readonly string[] | undefined;
};

/** Returns the events that link ids and are no activity: those of the vendor, and the one that the plan names. */
export function linkEventsOf(plan: InboxPlan | undefined): ReadonlySet<string> {
  return plan?.identify === undefined ? LINK_EVENTS : new Set([...LINK_EVENTS, plan.identify]);
}

/** A property of the plan, and how often it was not there. */
interface PlannedProperty {
  /** As it arrives: a hashed one has another name. */
  readonly name: string;
  readonly isRequired: boolean;
  readonly missing: number;
}

/** An event of the plan beside what arrived of it. */
export interface PlannedEvent {
  readonly name: string;
  readonly description: string;
  readonly owner: string;
  readonly surfaces: readonly string[];
  /** False for what goes to the platform's own statistics only: it cannot arrive here. */
  readonly isForMixpanel: boolean;
  /** True for the event that only links a device to its user: reports do not count it as activity. */
  readonly linksIds: boolean;
  readonly seen: number;
  readonly lastSeen: number | null;
  readonly properties: readonly PlannedProperty[];
}

/** An event that the plan does not know. */
export interface UnplannedEvent {
  readonly name: string;
  readonly seen: number;
  readonly lastSeen: number;
}

export interface PlanComparison {
  readonly planned: readonly PlannedEvent[];
  readonly unplanned: readonly UnplannedEvent[];
}

interface Arrived {
  seen: number;
  lastSeen: number;
  /** How often each planned property was there, in the order of the plan. */
  readonly present: number[];
}

/** Sets the tracking plan beside what arrived. */
export function comparePlan(plan: InboxPlan, events: Iterable<StoredEvent>): PlanComparison {
  const planProperties = new Map(
    Object.entries(plan.events).map(([name, definition]) => [name, propertiesOf(definition)] as const),
  );
  const arrived = countArrived(events, planProperties);
  const planned = Object.entries(plan.events).map(([name, definition]): PlannedEvent => {
    const { description, owner, surfaces, destinations } = definition;
    const { seen = 0, lastSeen = null, present } = arrived.get(name) ?? {};
    const properties = (planProperties.get(name) ?? []).map((property, index) => ({
      ...property,
      missing: seen - (present?.[index] ?? 0),
    }));
    return {
      name,
      description,
      owner,
      surfaces,
      isForMixpanel: destinations.includes('mixpanel'),
      linksIds: name === plan.identify,
      seen,
      lastSeen,
      properties,
    };
  });
  const unplanned = [...arrived]
    // The vendor's own events begin with a dollar sign.
    .filter(([name]) => !Object.hasOwn(plan.events, name) && !name.startsWith('$'))
    .map(([name, { seen, lastSeen }]) => ({ name, seen, lastSeen }))
    .sort((left, right) => right.seen - left.seen);
  return { planned, unplanned };
}

/** Looks at planned properties only: counting all that came took four times as long, and the page is to be there at once. */
function countArrived(
  events: Iterable<StoredEvent>,
  planned: ReadonlyMap<string, readonly { readonly name: string }[]>,
): Map<string, Arrived> {
  const arrived = new Map<string, Arrived>();
  for (const { event, time, properties } of events) {
    const expected = planned.get(event) ?? [];
    let counts = arrived.get(event);
    if (counts === undefined) {
      counts = { seen: 0, lastSeen: 0, present: expected.map(() => 0) };
      arrived.set(event, counts);
    }
    counts.seen += 1;
    counts.lastSeen = Math.max(counts.lastSeen, time);
    for (const [index, { name }] of expected.entries())
      if (Object.hasOwn(properties, name)) counts.present[index] = (counts.present[index] ?? 0) + 1;
  }
  return arrived;
}

function propertiesOf({ schema }: Plan['events'][string]): Omit<PlannedProperty, 'missing'>[] {
  const required = new Set<string>(schema.required);
  return Object.entries(schema.properties)
    .filter(([, property]) => privacyOf(property) !== 'drop')
    .map(([name, property]) => ({
      name: privacyOf(property) === 'hash' ? `${name}_hash` : name,
      isRequired: required.has(name),
    }));
}

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
function planWarnings(store: Store, events: Iterable<StoredEvent>): PlanWarning[] {
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
