import type { DropReason } from '@qr/delivery';
import type { Plan } from '@qr/plan';
import { compileEvent, type EventEncoder, type Occurrence, type OnLeftOut } from './event-encoder.ts';
import { usableIdOf } from './identity.ts';
import { compileProfileOperations } from './profile-operations.ts';
import { truncate } from './truncate.ts';

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

/** Why there is no record: what it would have counted as, or nothing when nothing was asked for. */
interface NoRecord {
  readonly dropped: DropReason | undefined;
}

/** Turns events and profile updates into the vendor's records; only what the plan lists gets through. */
export interface Encoder {
  /** The event by which the vendor merges two ids; `undefined` when the plan has none. */
  readonly identify: PlannedEvent | undefined;
  /** The name of the event that `trackRevenue` sends; `undefined` when the plan has none. */
  readonly revenue: string | undefined;
  /** The event by its name; `undefined` when it is not in the plan. */
  event(name: unknown): PlannedEvent | undefined;
  encodeEvent(event: PlannedEvent, occurrence: Occurrence, properties: unknown): string;
  /**
   * Encodes an update of a user's profile.
   *
   * @param operations maps `$set` and its like to their values.
   * @param extra goes beside them.
   */
  profile(id: unknown, operations: Fields, extra: Fields): string | NoRecord;
  /** Encodes an update of a group, which has no user. */
  group(key: unknown, id: unknown, operations: Fields, extra: Fields): string | NoRecord;
}

type Fields = Readonly<Record<string, unknown>>;

/** Compiles the plan. */
export function createEncoder({ plan, hash, base, onLeftOut }: EncoderOptions): Encoder {
  // `ip: 0`: without it the vendor places the person at the address of this server.
  const constants = { ...base, mp_lib: 'qr-observability', ip: '0' };
  const head = Object.fromEntries(Object.entries(constants).map(([name, value]) => [name, truncate(value)]));
  const events = new Map<unknown, PlannedEvent>(
    Object.entries(plan.events).map(([name, { schema, destinations }]) => [
      name,
      {
        encode: compileEvent(name, schema, hash, head),
        goesToMixpanel: destinations.includes('mixpanel'),
        goesToAnalytics: destinations.includes('analytics'),
        onLeftOut: (reason, property) => onLeftOut(`Event "${name}"`, reason, property),
      },
    ]),
  );
  const pickOperations = compileProfileOperations(plan.profile, hash);

  function update(owner: Fields, given: Fields, extra: Fields): string | NoRecord {
    const { operations, isReduced } = pickOperations(given, (reason, name) =>
      onLeftOut('Profile update', reason, name),
    );
    if (Object.keys(operations).length === 0) return { dropped: isReduced ? 'invalid_record' : undefined };
    return JSON.stringify({ ...extra, ...owner, ...operations });
  }

  return {
    identify: plan.identify === undefined ? undefined : events.get(plan.identify),
    revenue: plan.revenue,
    event: (name) => events.get(name),
    encodeEvent: ({ encode, onLeftOut: report }, occurrence, properties) => encode(occurrence, properties, report),
    profile(id, operations, extra) {
      const distinctId = usableIdOf(id)?.toWellFormed();
      if (!distinctId) return { dropped: 'forbidden_id' };
      return update({ $distinct_id: distinctId }, operations, extra);
    },
    group(key, id, operations, extra) {
      const groupKey = typeof key === 'string' ? truncate(key) : '';
      const groupId = usableIdOf(id)?.toWellFormed();
      if (groupKey === '' || !groupId) return { dropped: 'forbidden_id' };
      return update({ $group_key: groupKey, $group_id: groupId }, operations, extra);
    },
  };
}
