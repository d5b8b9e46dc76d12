import Type from 'typebox';
import { Check } from 'typebox/value';
import type { StoredProfile } from '../../store/profiles.ts';
import { type DateRange, dateRangeOf, type TimeZone } from './calendar.ts';
import { jsonParameter, ParameterError } from './parameters.ts';
import { type ReportSource, userEvents } from './user-events.ts';
import { type Condition, parseWhere } from './where.ts';

/** Users who did something often enough, or did not. */
interface Behaviour {
  readonly event: string;
  readonly did: boolean;
  readonly where: Condition | undefined;
  readonly atLeast: number;
  /** Without one, as long as events are kept. */
  readonly range: Pick<DateRange, 'start' | 'end'> | undefined;
}

const BehaviourDefinition = Type.Object(
  {
    event: Type.String({ minLength: 1 }),
    did: Type.Optional(Type.Boolean()),
    where: Type.Optional(Type.String({ minLength: 1, maxLength: 2000 })),
    at_least: Type.Optional(Type.Integer({ minimum: 1 })),
    last_days: Type.Optional(Type.Integer({ minimum: 1, maximum: 3660 })),
    from_date: Type.Optional(Type.String()),
    to_date: Type.Optional(Type.String()),
  },
  { additionalProperties: false },
);
type BehaviourDefinition = Type.Static<typeof BehaviourDefinition>;
const ProfileDefinition = Type.Object(
  { profile: Type.String({ minLength: 1, maxLength: 2000 }) },
  { additionalProperties: false },
);
const parts = Type.Array(Type.Unknown(), { minItems: 1, maxItems: 20 });
const AllDefinition = Type.Object({ all: parts }, { additionalProperties: false });
const AnyDefinition = Type.Object({ any: parts }, { additionalProperties: false });

const EXAMPLE =
  '{"event": "qr_created", "at_least": 3, "last_days": 30, "where": "..."}, with from_date and to_date instead of last_days or with ' +
  '"did": false, {"profile": "properties[\\"plan\\"] == \\"pro\\""}, or {"all": [...]} or {"any": [...]} of such';
const MAX_COHORT_DAYS = 3660;

/**
 * The users that the parameter `cohort` describes, as of now and not as of the dates of the report; undefined without the
 * parameter. `last_days` are calendar days of the project's zone, today being the last and counting to its end.
 * @see https://docs.mixpanel.com/docs/users/cohorts
 */
export function cohortUsers(
  source: ReportSource,
  text: string | undefined,
  zone: TimeZone,
): ReadonlySet<string> | undefined {
  return text === undefined ? undefined : members(jsonParameter('cohort', text, EXAMPLE), source, zone);
}

function members(definition: unknown, source: ReportSource, zone: TimeZone): ReadonlySet<string> {
  const all = (list: readonly unknown[]) => list.map((part) => members(part, source, zone));
  if (Check(AllDefinition, definition)) return intersection(all(definition.all));
  if (Check(AnyDefinition, definition)) return new Set(all(definition.any).flatMap((users) => [...users]));
  if (Check(ProfileDefinition, definition)) return withProfile(definition.profile, source);
  if (Check(BehaviourDefinition, definition)) return withBehaviour(behaviourOf(definition, zone, source.now()), source);
  throw new ParameterError('cohort', `must be ${EXAMPLE}, got ${JSON.stringify(definition).slice(0, 200)}`);
}

function behaviourOf(definition: BehaviourDefinition, zone: TimeZone, now: number): Behaviour {
  const { event, did = true, where, at_least: atLeast = 1 } = definition;
  return {
    event,
    did,
    where: where === undefined ? undefined : parseWhere('cohort.where', where),
    atLeast,
    range: rangeOf(definition, zone, now),
  };
}

function rangeOf(definition: BehaviourDefinition, zone: TimeZone, now: number): Behaviour['range'] {
  const { last_days: days, from_date: from, to_date: to } = definition;
  if (days !== undefined) {
    if (from !== undefined || to !== undefined)
      throw new ParameterError('cohort', 'must have last_days or from_date and to_date, got both');
    const today = zone.dayOf(now);
    return { start: zone.startOfDay(today - days + 1), end: zone.startOfDay(today + 1) };
  }
  if (from === undefined && to === undefined) return undefined;
  if (from === undefined || to === undefined)
    throw new ParameterError(
      'cohort',
      `must have both from_date and to_date, got ${from === undefined ? 'to_date' : 'from_date'}`,
    );
  return dateRangeOf(from, to, zone, MAX_COHORT_DAYS, 'cohort.');
}

function withBehaviour({ event, did, where, atLeast, range }: Behaviour, source: ReportSource): ReadonlySet<string> {
  const doers = new Set<string>();
  for (const { user, events } of userEvents(source, { names: new Set([event]), ...range })) {
    const times = where === undefined ? events.length : events.filter(({ properties }) => where(properties)).length;
    if (user !== '' && times >= atLeast) doers.add(user);
  }
  return did ? doers : new Set([...everybody(source)].filter((user) => !doers.has(user)));
}

/** Everyone who ever did anything, or has a profile. */
function everybody({ index, identity, profiles }: ReportSource): ReadonlySet<string> {
  const ids = [...index.columns().senderIds, ...profiles.list().flatMap(idOfPerson)];
  return new Set(ids.map((id) => identity.resolve(id)).filter((user) => user !== ''));
}

/** By the profile's present values, as the vendor filters. */
function withProfile(where: string, { identity, profiles }: ReportSource): ReadonlySet<string> {
  const condition = parseWhere('cohort.profile', where);
  const matching = profiles.list().filter(({ properties }) => condition(properties));
  return new Set(matching.flatMap(idOfPerson).map((id) => identity.resolve(id)));
}

function idOfPerson({ groupKey, distinctId }: StoredProfile): string[] {
  return groupKey === null ? [distinctId] : [];
}

function intersection([first = new Set(), ...rest]: readonly ReadonlySet<string>[]): ReadonlySet<string> {
  return new Set([...first].filter((user) => rest.every((users) => users.has(user))));
}
