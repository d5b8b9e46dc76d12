import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { cohortUsers } from './cohort.ts';
import { dateRangeOf } from './date-range.ts';
import { GRACE_MS } from './funnel-entries.ts';
import { parseSteps } from './funnel-steps.ts';
import { windowOf, windowParameters } from './funnel-window.ts';
import { funnel } from './funnels.ts';
import { ParameterError } from './parameter-error.ts';
import { MAX_DAYS, On, refuseUnknown, reportParameters, Where } from './parameters.ts';
import { propertyNamed } from './property.ts';
import type { ReportSource } from './report-source.ts';
import { dayBuckets, timeBuckets } from './time-buckets.ts';
import { openTimeZone } from './time-zone.ts';
import { userTimelines } from './user-events.ts';
import { parseWhere } from './where.ts';

const Query = Type.Object({
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
export function funnelRoute(instance: FastifyInstance, source: ReportSource): void {
  const app = instance.withTypeProvider<TypeBoxTypeProvider>();
  app.get('/api/query/funnels', { schema: { querystring: Query } }, ({ query }) => {
    refuseUnknown(query, Query);
    const { type, limit, interval = 1, unit } = query;
    if (unit !== undefined && query.interval !== undefined)
      throw new ParameterError('interval', `and unit exclude each other, got ${interval} and ${unit}`);
    const steps = parseSteps(query.steps);
    const windowMs = windowOf(query.length, query.length_unit);
    const zone = openTimeZone(query.timezone);
    const range = dateRangeOf(query.from_date, query.to_date, zone, MAX_DAYS[unit ?? 'day']);
    const { start, end } = range;
    const where = query.where === undefined ? undefined : parseWhere('where', query.where);
    const on = query.on === undefined ? undefined : propertyNamed(query.on);
    const timelines = userTimelines(source, {
      names: new Set(steps.map(({ event }) => event)),
      users: cohortUsers(source, query.cohort, zone),
      // Each step may come a little before the one before it.
      start: start - GRACE_MS * steps.length,
      end: end + windowMs,
    });
    const buckets = unit === undefined ? dayBuckets(range, interval, zone) : timeBuckets(range, unit, zone);
    return funnel(timelines, { steps, windowMs, start, end, type, buckets, where, on, limit });
  });
}
