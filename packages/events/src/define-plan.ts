import Type, { type TObject, type TProperties } from 'typebox';
import type { EventDefinition } from './event.ts';
import { checkPlan } from './plan-rules.ts';

/** Every event that exists, and every profile property. */
export interface Plan<
  E extends Record<string, EventDefinition> = Record<string, EventDefinition>,
  P extends TProperties = TProperties,
> {
  readonly events: Readonly<E>;
  readonly profile: TObject<P>;
  /**
   * The event whose two ids the vendor merges into one user, sent by `identifyUser`. It says nothing of what a user did, so it never counts
   * as activity. Without it, ids cannot be merged.
   */
  readonly identify: (keyof E & string) | undefined;
}

/**
 * Checks a tracking plan against the vendor's naming rules and our privacy rules, and freezes it.
 *
 * @throws Error that lists every broken rule, when the plan is defined: that is when the process starts, not when an event is sent.
 */
export function definePlan<E extends Record<string, EventDefinition>, P extends TProperties>(definition: {
  readonly events: E;
  readonly profile: P;
  readonly identify?: keyof E & string;
}): Plan<E, P> {
  const { events, profile, identify } = definition;
  const plan = { events: Object.freeze({ ...events }), profile: Type.Object(profile), identify };
  const problems = checkPlan(plan);
  if (problems.length > 0) throw new Error(`The tracking plan breaks its rules:\n- ${problems.join('\n- ')}`);
  return Object.freeze(plan);
}
