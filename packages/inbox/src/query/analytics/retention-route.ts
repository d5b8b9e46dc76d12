import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { cohortUsers } from './cohort.ts';
import { dateRangeOf } from './date-range.ts';
import { ParameterError } from './parameter-error.ts';
import { MAX_DAYS, refuseUnknown, reportParameters, Where } from './parameters.ts';
import type { ReportSource } from './report-source.ts';
import { retention } from './retention.ts';
import { distanceIn } from './retention-distance.ts';
import { SESSION_EVENTS } from './session-events.ts';
import { timeBuckets } from './time-buckets.ts';
import { openTimeZone } from './time-zone.ts';
import type { UserEvent } from './timelines.ts';
import { userTimelines } from './user-events.ts';
import { parseWhere } from './where.ts';

const Query = Type.Object({
  ...reportParameters,
  retention_type: Type.Enum(['birth', 'compounded'], { default: 'birth', description: 'first time, or recurring' }),
  born_event: Type.Optional(Type.String({ minLength: 1, description: 'needed for birth, ignored for compounded' })),
  born_where: Type.Optional(Where),
  event: Type.Optional(Type.String({ minLength: 1, description: 'what it is to come back; any event without' })),
  where: Type.Optional(Where),
  unit: Type.Enum(['day', 'week', 'month'], { default: 'day' }),
  interval: Type.Integer({ minimum: 1, maximum: 90, default: 1, description: 'units in each interval' }),
  interval_count: Type.Integer({ minimum: 1, maximum: 366, default: 1, description: 'intervals after the 0th' }),
  unbounded_retention: Type.Boolean({ default: false, description: 'on or after an interval, not on it' }),
  mode: Type.Enum(['rolling', 'calendar'], {
    default: 'rolling',
    description: "from the user's birth, or by the date",
  }),
});

/**
 * `GET /api/query/retention`, which has the parameters and the answer of the vendor's; `mode`, which there is a switch on the
 * page, and `timezone` are ours. As the vendor's text has it, `compounded` asks whether who did `event` does it again, and
 * ignores `born_event` and `born_where`. Where that text can be read in two ways: `interval_count` intervals follow the 0th,
 * `interval` stretches them and not the cohorts, which are units of the calendar, and `where` filters returns.
 * Mind that the vendor's page shows unbounded retention unless told otherwise, and the API bounded.
 * @see https://docs.mixpanel.com/reference/retention-query
 */
export function retentionRoute(instance: FastifyInstance, source: ReportSource): void {
  const app = instance.withTypeProvider<TypeBoxTypeProvider>();
  app.get('/api/query/retention', { schema: { querystring: Query } }, ({ query }) => {
    refuseUnknown(query, Query);
    const { retention_type: type, unit, interval, mode } = query;
    const zone = openTimeZone(query.timezone);
    const range = dateRangeOf(query.from_date, query.to_date, zone, MAX_DAYS[unit]);
    const isReturn = matcher(query.event, 'where', query.where);
    const isBirth = type === 'birth' ? matcher(bornEvent(query), 'born_where', query.born_where) : isReturn;
    const born = type === 'birth' ? query.born_event : query.event;
    const names = born === undefined || query.event === undefined ? undefined : new Set([born, query.event]);
    const users = cohortUsers(source, query.cohort, zone);
    return retention(userTimelines(source, { names, users, without: SESSION_EVENTS }), {
      type,
      cohorts: timeBuckets(range, unit, zone),
      isBirth,
      isReturn,
      distance: distanceIn(mode, unit, interval, zone),
      intervals: query.interval_count + 1,
      unbounded: query.unbounded_retention,
    });
  });
}

function bornEvent({ born_event: event }: { readonly born_event?: string }): string {
  if (event !== undefined) return event;
  throw new ParameterError('born_event', 'is required when retention_type is birth, as it is by default');
}

function matcher(
  event: string | undefined,
  parameter: string,
  expression: string | undefined,
): (happened: UserEvent) => boolean {
  const where = expression === undefined ? undefined : parseWhere(parameter, expression);
  return (happened) =>
    (event === undefined || happened.event === event) && (where === undefined || where(happened.properties));
}
