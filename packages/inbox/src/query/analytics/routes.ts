import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import {
  DAY_MS,
  type DateRange,
  dateRangeOf,
  dayBuckets,
  openTimeZone,
  type SeriesUnit,
  type TimeZone,
  timeBuckets,
} from './calendar.ts';
import { cohortUsers } from './cohort.ts';
import { defaultSteps } from './default-funnel.ts';
import { funnel, GRACE_MS, parseSteps } from './funnels.ts';
import { MAX_DAYS, On, ParameterError, reportParameters, strictQueries, Where } from './parameters.ts';
import { distanceIn, retention } from './retention.ts';
import { segmentation } from './segmentation.ts';
import { type ReportSource, SESSION_EVENTS, type UserEvent, userEvents, userTimelines } from './user-events.ts';
import { type Condition, parseWhere, propertyNamed } from './where.ts';

/** Reports after the vendor's own definitions, computed anew for each request. */
export function analyticsRoutes(instance: FastifyInstance, source: ReportSource): void {
  void instance.register(async (app) => {
    strictQueries(app);
    segmentationRoute(app, source);
    funnelRoute(app, source);
    defaultFunnelRoute(app, source);
    retentionRoute(app, source);
  });
}

const SegmentationQuery = Type.Object({
  ...reportParameters,
  event: Type.String({ minLength: 1 }),
  unit: Type.Enum(['minute', 'hour', 'day', 'week', 'month'], { default: 'day' }),
  type: Type.Enum(['general', 'unique', 'average'], {
    default: 'general',
    description: 'events, users, events a user',
  }),
  on: Type.Optional(On),
  where: Type.Optional(Where),
  limit: Type.Integer({ minimum: 1, maximum: 10_000, default: 60, description: 'segments; nothing without on' }),
});

/**
 * `GET /api/query/segmentation`, which has the parameters and the answer of the vendor's; `timezone` stands for the setting
 * of a project, and `unit` may be `week` as well.
 * @see https://docs.mixpanel.com/reference/segmentation-query
 */
function segmentationRoute(instance: FastifyInstance, source: ReportSource): void {
  const app = instance.withTypeProvider<TypeBoxTypeProvider>();
  app.get('/api/query/segmentation', { schema: { querystring: SegmentationQuery } }, ({ query }) => {
    const { event, unit, type, limit } = query;
    const { zone, range } = timeOf(query, unit);
    const buckets = timeBuckets(range, unit, zone);
    const users = cohortUsers(source, query.cohort, zone);
    const { start, end } = range;
    const selection = { names: new Set([event]), users, start, end, linkEvents: type === 'general' };
    return segmentation(userEvents(source, selection), { event, type, buckets, ...filtersOf(query), limit });
  });
}

const UNIT_MS = { second: 1000, minute: 60_000, hour: 3_600_000, day: DAY_MS } as const;
/** The longest that the vendor's Query API takes. */
const MAX_WINDOW_DAYS = 90;

/** How long users have from the first step of a funnel to the last. */
const windowParameters = {
  length: Type.Integer({ minimum: 1, default: 7, description: 'conversion window, in length_unit' }),
  length_unit: Type.Enum(['second', 'minute', 'hour', 'day'], { default: 'day' }),
};

/** Returns the conversion window in milliseconds. @throws ParameterError when it is longer than 90 days. */
function windowOf(length: number, unit: keyof typeof UNIT_MS): number {
  const windowMs = length * UNIT_MS[unit];
  if (windowMs <= MAX_WINDOW_DAYS * DAY_MS) return windowMs;
  throw new ParameterError('length', `must be at most ${MAX_WINDOW_DAYS} days, got ${length} ${unit}s`);
}

const FunnelQuery = Type.Object({
  ...reportParameters,
  steps: Type.String({ minLength: 1, maxLength: 20_000, description: 'JSON: event names, or { event, where }' }),
  ...windowParameters,
  type: Type.Enum(['unique', 'general'], { default: 'unique', description: 'users once, or every attempt' }),
  interval: Type.Optional(Type.Integer({ minimum: 1, maximum: 366, description: 'days in each date of the answer' })),
  unit: Type.Optional(Type.Enum(['day', 'week', 'month'], { description: 'instead of interval' })),
  on: Type.Optional(On),
  where: Type.Optional(Where),
  limit: Type.Integer({ minimum: 1, maximum: 10_000, default: 255, description: 'segments; nothing without on' }),
});

/**
 * `GET /api/query/funnels`. The vendor's takes the id of a funnel that was saved on its page, and the window saved with it;
 * here are none, so that `steps` says what the funnel is, and the window is 7 days unless given, as a new funnel has it there.
 * @see https://docs.mixpanel.com/reference/funnels-query
 */
function funnelRoute(instance: FastifyInstance, source: ReportSource): void {
  const app = instance.withTypeProvider<TypeBoxTypeProvider>();
  app.get('/api/query/funnels', { schema: { querystring: FunnelQuery } }, ({ query }) => {
    const { type, limit, interval = 1, unit } = query;
    if (unit !== undefined && query.interval !== undefined)
      throw new ParameterError('interval', `and unit exclude each other, got ${interval} and ${unit}`);
    const steps = parseSteps(query.steps);
    const windowMs = windowOf(query.length, query.length_unit);
    const { zone, range } = timeOf(query, unit ?? 'day');
    const { start, end } = range;
    const timelines = userTimelines(source, {
      names: new Set(steps.map(({ event }) => event)),
      users: cohortUsers(source, query.cohort, zone),
      // Each step may come a little before the one before it.
      start: start - GRACE_MS * steps.length,
      end: end + windowMs,
    });
    const buckets = unit === undefined ? dayBuckets(range, interval, zone) : timeBuckets(range, unit, zone);
    return funnel(timelines, { steps, windowMs, start, end, type, buckets, ...filtersOf(query), limit });
  });
}

const { cohort: _, ...timeParameters } = reportParameters;
const DefaultFunnelQuery = Type.Object({ ...timeParameters, ...windowParameters });

/** `GET /api/query/funnels/default`: the steps to begin with, for a time and a conversion window. Empty when nobody did two different events. */
function defaultFunnelRoute(instance: FastifyInstance, source: ReportSource): void {
  const app = instance.withTypeProvider<TypeBoxTypeProvider>();
  app.get('/api/query/funnels/default', { schema: { querystring: DefaultFunnelQuery } }, ({ query }) => {
    const windowMs = windowOf(query.length, query.length_unit);
    const { start, end } = timeOf(query, 'day').range;
    const timelines = userTimelines(source, { without: SESSION_EVENTS, start, end: end + windowMs });
    return { steps: defaultSteps(timelines, source.usualFunnel ?? [], { start, end, windowMs }) };
  });
}

const RetentionQuery = Type.Object({
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
function retentionRoute(instance: FastifyInstance, source: ReportSource): void {
  const app = instance.withTypeProvider<TypeBoxTypeProvider>();
  app.get('/api/query/retention', { schema: { querystring: RetentionQuery } }, ({ query }) => {
    const { retention_type: type, unit, interval, mode } = query;
    const { zone, range } = timeOf(query, unit);
    const isReturn = matcher(query.event, 'where', query.where);
    const born = type === 'birth' ? query.born_event : query.event;
    if (type === 'birth' && born === undefined)
      throw new ParameterError('born_event', 'is required when retention_type is birth, as it is by default');
    const isBirth = type === 'birth' ? matcher(born, 'born_where', query.born_where) : isReturn;
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

interface TimeParameters {
  readonly from_date: string;
  readonly to_date: string;
  readonly timezone: string;
}

/** The days of a report, and the zone whose days they are. @throws ParameterError */
function timeOf(query: TimeParameters, unit: SeriesUnit): { readonly zone: TimeZone; readonly range: DateRange } {
  const zone = openTimeZone(query.timezone);
  return { zone, range: dateRangeOf(query.from_date, query.to_date, zone, MAX_DAYS[unit]) };
}

/** @throws ParameterError */
function filtersOf({ where, on }: { readonly where?: string; readonly on?: string }): {
  readonly where: Condition | undefined;
  readonly on: string | undefined;
} {
  return {
    where: where === undefined ? undefined : parseWhere('where', where),
    on: on === undefined ? undefined : propertyNamed(on),
  };
}

function matcher(
  event: string | undefined,
  parameter: string,
  text: string | undefined,
): (happened: UserEvent) => boolean {
  const where = text === undefined ? undefined : parseWhere(parameter, text);
  return (happened) =>
    (event === undefined || happened.event === event) && (where === undefined || where(happened.properties));
}
