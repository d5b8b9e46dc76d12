import { type Plan, privacyOf } from '@qr/plan';
import type { StoredEvent } from '../store/records.ts';
import type { InboxPlan } from './inbox-plan.ts';

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
