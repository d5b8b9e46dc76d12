import type { Plan } from '@qr/events';
import type { DropReason, EncodedRecord } from '../delivery/record.ts';
import { identityProperties, isUsableId } from './identity.ts';
import { compilePlannedProperties, type PlannedValues } from './planned-properties.ts';

/** What is the same for every event of a process. */
interface BaseProperties {
  readonly service?: string;
  readonly environment: string;
  readonly release?: string;
}

/** What {@link createEncoder} takes. */
export interface EncoderOptions {
  readonly plan: Plan;
  readonly hash: (value: string) => string;
  readonly base: BaseProperties;
}

/** What a caller says of one event, beside its name and properties. */
interface Occurrence {
  readonly id: unknown;
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** At most 36 of `[A-Za-z0-9-]`; the same for every copy of the event. */
  readonly insertId: string;
  readonly traceId?: string;
}

/** An encoded record, or why there is none; and the properties that did not make it. */
export type Encoded =
  | ({ readonly record: EncodedRecord } & Pick<PlannedValues, 'unplanned' | 'invalid'>)
  | { readonly dropped: DropReason };

/** Turns events and profile updates into the vendor's records; only what the plan lists gets through. */
export interface Encoder {
  event(name: unknown, occurrence: Occurrence, properties: unknown): Encoded;
  /** A profile update; `operations` maps `$set` and its like to their values. */
  profile(
    id: unknown,
    operations: Readonly<Record<string, unknown>>,
    extra: Readonly<Record<string, unknown>>,
  ): Encoded;
}

/** Compiles the plan. */
export function createEncoder({ plan, hash, base }: EncoderOptions): Encoder {
  const events = new Map(
    Object.entries(plan.events).map(([name, { schema }]) => [name, compilePlannedProperties(schema, hash)]),
  );
  const pickProfile = compilePlannedProperties(plan.profile, hash);

  return {
    event(name, { id, time, insertId, traceId }, properties) {
      const pick = typeof name === 'string' ? events.get(name) : undefined;
      if (!pick) return { dropped: 'unplanned_event' };
      if (!isUsableId(id)) return { dropped: 'forbidden_id' };
      const { values, unplanned, invalid } = pick(properties);
      const json = JSON.stringify({
        event: name,
        properties: {
          ...values,
          ...base,
          ...(traceId !== undefined && { trace_id: traceId }),
          ...identityProperties(id),
          time,
          $insert_id: insertId,
          mp_lib: 'qr-observability',
        },
      });
      return { record: { json, distinctId: id }, unplanned, invalid };
    },

    profile(id, operations, extra) {
      if (!isUsableId(id) || id === '') return { dropped: 'forbidden_id' };
      const unplanned: string[] = [];
      const invalid: string[] = [];
      const picked: Record<string, unknown> = {};
      for (const [operator, operand] of Object.entries(operations)) {
        picked[operator] = pickOperand(operator, operand, pickProfile, unplanned, invalid);
      }
      const json = JSON.stringify({ ...extra, $distinct_id: id, ...picked });
      return { record: { json, distinctId: id }, unplanned, invalid };
    },
  };
}

function pickOperand(
  operator: string,
  operand: unknown,
  pick: (given: unknown) => PlannedValues,
  unplanned: string[],
  invalid: string[],
): unknown {
  if (operator === '$delete') return null;
  if (operator === '$unset') {
    return (Array.isArray(operand) ? operand : []).filter((name): name is string => typeof name === 'string');
  }
  const result = pick(operand);
  unplanned.push(...result.unplanned);
  invalid.push(...result.invalid);
  return result.values;
}
