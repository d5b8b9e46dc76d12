import type { Plan } from '@qr/events';
import type { DropReason } from '../delivery/record.ts';
import { compileEvent, type EventEncoder, type Occurrence, type OnLeftOut } from './event-encoder.ts';
import { isUsableId } from './identity.ts';
import { compilePlannedProperties, type PlannedValues } from './planned-properties.ts';

/** What {@link createEncoder} takes. */
export interface EncoderOptions {
  readonly plan: Plan;
  readonly hash: (value: string) => string;
  /** What is the same for every event of the process. */
  readonly base: { readonly service?: string; readonly environment: string; readonly release?: string };
  readonly onLeftOut: (event: string, ...left: Parameters<OnLeftOut>) => void;
}

/** An event of the plan, compiled. */
interface PlannedEvent {
  readonly encode: EventEncoder;
  readonly goesToMixpanel: boolean;
  readonly goesToAnalytics: boolean;
  readonly onLeftOut: OnLeftOut;
}

/** Turns events and profile updates into the vendor's records; only what the plan lists gets through. */
export interface Encoder {
  /** The event by its name; `undefined` when it is not in the plan. */
  event(name: unknown): PlannedEvent | undefined;
  encodeEvent(event: PlannedEvent, occurrence: Occurrence, properties: unknown): string;
  /** A profile update; `operations` maps `$set` and its like to their values. */
  profile(
    id: unknown,
    operations: Readonly<Record<string, unknown>>,
    extra: Readonly<Record<string, unknown>>,
  ): string | { readonly dropped: DropReason };
}

/** Compiles the plan. */
export function createEncoder({ plan, hash, base, onLeftOut }: EncoderOptions): Encoder {
  const constants = { ...base, mp_lib: 'qr-observability' };
  const events = new Map<unknown, PlannedEvent>(
    Object.entries(plan.events).map(([name, { schema, destinations }]) => [
      name,
      {
        encode: compileEvent(name, schema, hash, constants),
        goesToMixpanel: destinations.includes('mixpanel'),
        goesToAnalytics: destinations.includes('analytics'),
        onLeftOut: (reason, property) => onLeftOut(`Event "${name}"`, reason, property),
      },
    ]),
  );
  const pickProfile = compilePlannedProperties(plan.profile, hash);

  return {
    event: (name) => events.get(name),
    encodeEvent: ({ encode, onLeftOut: report }, occurrence, properties) => encode(occurrence, properties, report),
    profile(id, operations, extra) {
      if (!isUsableId(id) || id === '') return { dropped: 'forbidden_id' };
      const picked: Record<string, unknown> = {};
      for (const [operator, operand] of Object.entries(operations)) {
        picked[operator] = pickOperand(operator, operand, pickProfile, onLeftOut);
      }
      return JSON.stringify({ ...extra, $distinct_id: id, ...picked });
    },
  };
}

function pickOperand(
  operator: string,
  operand: unknown,
  pick: (given: unknown) => PlannedValues,
  onLeftOut: EncoderOptions['onLeftOut'],
): unknown {
  if (operator === '$delete') return null;
  if (operator === '$unset') {
    return (Array.isArray(operand) ? operand : []).filter((name): name is string => typeof name === 'string');
  }
  const { values, unplanned, invalid } = pick(operand);
  for (const name of unplanned) onLeftOut('Profile update', 'unplanned_property', name);
  for (const name of invalid) onLeftOut('Profile update', 'invalid_property', name);
  return values;
}
