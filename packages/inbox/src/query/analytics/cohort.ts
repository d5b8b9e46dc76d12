import Type from 'typebox';
import { Check } from 'typebox/value';
import type { Condition } from './conditions.ts';
import { type DateRange, dateRangeOf } from './date-range.ts';
import { jsonParameter } from './json-parameter.ts';
import { ParameterError } from './parameter-error.ts';
import type { ReportSource } from './report-source.ts';
import type { TimeZone } from './time-zone.ts';
import { userEvents } from './user-events.ts';
import { parseWhere } from './where.ts';

/** Users who did something often enough. */
interface Cohort {
  readonly event: string;
  readonly where: Condition | undefined;
  readonly atLeast: number;
  /** Without one, as long as events are kept. */
  readonly range: Pick<DateRange, 'start' | 'end'> | undefined;
}

const Definition = Type.Object(
  {
    event: Type.String({ minLength: 1 }),
    where: Type.Optional(Type.String({ minLength: 1, maxLength: 2000 })),
    at_least: Type.Optional(Type.Integer({ minimum: 1 })),
    last_days: Type.Optional(Type.Integer({ minimum: 1, maximum: 3660 })),
    from_date: Type.Optional(Type.String()),
    to_date: Type.Optional(Type.String()),
  },
  { additionalProperties: false },
);
type Definition = Type.Static<typeof Definition>;

const EXAMPLE =
  '{"event": "qr_created", "at_least": 3, "last_days": 30, "where": "..."}, or from_date and to_date instead of last_days';
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
  return text === undefined ? undefined : membersOf(parseCohort(text, zone, source.now()), source);
}

function parseCohort(text: string, zone: TimeZone, now: number): Cohort {
  const definition = jsonParameter('cohort', text, EXAMPLE);
  if (!Check(Definition, definition))
    throw new ParameterError('cohort', `must be ${EXAMPLE}, got ${text.slice(0, 200)}`);
  const { event, where, at_least: atLeast = 1 } = definition;
  return {
    event,
    where: where === undefined ? undefined : parseWhere('cohort.where', where),
    atLeast,
    range: rangeOf(definition, zone, now),
  };
}

function rangeOf(definition: Definition, zone: TimeZone, now: number): Cohort['range'] {
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

function membersOf({ event, where, atLeast, range }: Cohort, source: ReportSource): ReadonlySet<string> {
  const members = new Set<string>();
  for (const { user, events } of userEvents(source, { names: new Set([event]), ...range })) {
    const times = where === undefined ? events.length : events.filter(({ properties }) => where(properties)).length;
    if (user !== '' && times >= atLeast) members.add(user);
  }
  return members;
}
