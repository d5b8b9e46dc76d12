import { type Plan, privacyOf } from '@qr/events';
import type { StoredEvent } from '../store/records.ts';

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
  /** How often each property was there. */
  readonly present: Map<string, number>;
}

/** Sets the tracking plan beside what arrived. */
export function comparePlan(plan: Plan, events: Iterable<StoredEvent>): PlanComparison {
  const arrived = countArrived(events);
  const planned = Object.entries(plan.events).map(([name, definition]): PlannedEvent => {
    const { description, owner, surfaces, destinations } = definition;
    const { seen = 0, lastSeen = null, present } = arrived.get(name) ?? {};
    const properties = propertiesOf(definition).map((property) => ({
      ...property,
      missing: seen - (present?.get(property.name) ?? 0),
    }));
    return {
      name,
      description,
      owner,
      surfaces,
      isForMixpanel: destinations.includes('mixpanel'),
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

function countArrived(events: Iterable<StoredEvent>): Map<string, Arrived> {
  const arrived = new Map<string, Arrived>();
  for (const { event, time, properties } of events) {
    const counts = arrived.get(event) ?? { seen: 0, lastSeen: 0, present: new Map<string, number>() };
    arrived.set(event, counts);
    counts.seen += 1;
    counts.lastSeen = Math.max(counts.lastSeen, time);
    for (const name of Object.keys(properties)) counts.present.set(name, (counts.present.get(name) ?? 0) + 1);
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
