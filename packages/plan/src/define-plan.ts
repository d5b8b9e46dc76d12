import type { EventDefinition } from './event.ts';
import { checkPlan } from './plan-rules.ts';
import Type, { type TObject, type TProperties } from './typebox.ts';

type Events = Record<string, EventDefinition>;

/** An event of a checked plan: its destinations are known. */
type Planned<D extends EventDefinition> = Omit<D, 'destinations'> & { readonly destinations: readonly string[] };

/** A checked tracking plan. */
export interface Plan<
  E extends Events = Events,
  P extends TProperties = TProperties,
  Revenue extends string = string,
  PageView extends string = string,
  Key extends string = string,
> {
  readonly events: { readonly [N in keyof E]: Planned<E[N]> };
  readonly profile: TObject<P>;
  readonly context: readonly Key[];
  readonly identify: string | undefined;
  readonly revenue: Revenue | undefined;
  readonly pageView: PageView | undefined;
  readonly probe: string | undefined;
}

export interface PlanDefinition<
  E extends Events,
  P extends TProperties,
  Revenue extends string,
  PageView extends string,
  Key extends string,
> {
  readonly events: E;
  /** Names of the destinations of events that list none, such as `['mixpanel']`. */
  readonly destinations: readonly string[];
  /** What may be known about a user. @default nothing */
  readonly profile?: P;
  /**
   * Keys under which error context, extras, tags, breadcrumb data, log and span attributes may leave a process. Values under other keys are
   * dropped and counted. camelCase spellings count as the same key. @default none
   */
  readonly context?: readonly Key[];
  /**
   * The event that merges an anonymous visitor with a user, sent by `identifyUser`. It has no properties and never counts as activity.
   * Without it, ids cannot be merged.
   */
  readonly identify?: keyof E & string;
  /** The event that `trackRevenue` sends, with the properties `amount` and `currency`. Without it, `trackRevenue` is refused and counted. */
  readonly revenue?: Revenue;
  /** The event of page views, with the property `page`. */
  readonly pageView?: PageView;
  /** The event by which `qr-obs doctor` checks delivery, with the property `check_id`. */
  readonly probe?: keyof E & string;
}

/**
 * Checks a tracking plan against the naming rules of the vendors and the privacy rules of the library, and freezes it.
 *
 * @throws Error that lists every broken rule. It is thrown when the process starts, not when an event is sent.
 */
export function definePlan<
  E extends Events,
  P extends TProperties = Record<never, never>,
  Revenue extends keyof E & string = never,
  PageView extends keyof E & string = never,
  const Key extends string = never,
>(definition: PlanDefinition<E, P, Revenue, PageView, Key>): Plan<E, P, Revenue, PageView, Key> {
  const { destinations, profile = {} as P, context = [], identify, revenue, pageView, probe } = definition;
  const events = Object.fromEntries(
    Object.entries(definition.events).map(([name, event]) => [
      name,
      Object.freeze({ ...event, destinations: event.destinations ?? destinations }),
    ]),
  );
  const plan = {
    events: Object.freeze(events),
    profile: Type.Object(profile),
    context: Object.freeze([...context]),
    ...{ identify, revenue, pageView, probe },
  };
  const problems = checkPlan(plan);
  if (problems.length > 0) throw new Error(`The tracking plan breaks its rules:\n- ${problems.join('\n- ')}`);
  return Object.freeze(plan) as unknown as Plan<E, P, Revenue, PageView, Key>;
}
