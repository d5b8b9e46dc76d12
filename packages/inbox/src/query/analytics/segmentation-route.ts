import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { cohortUsers } from './cohort.ts';
import { dateRangeOf } from './date-range.ts';
import { MAX_DAYS, On, refuseUnknown, reportParameters, Where } from './parameters.ts';
import { propertyNamed } from './property.ts';
import type { ReportSource } from './report-source.ts';
import { segmentation } from './segmentation.ts';
import { timeBuckets } from './time-buckets.ts';
import { openTimeZone } from './time-zone.ts';
import { userEvents } from './user-events.ts';
import { parseWhere } from './where.ts';

const Query = Type.Object({
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
export function segmentationRoute(instance: FastifyInstance, source: ReportSource): void {
  const app = instance.withTypeProvider<TypeBoxTypeProvider>();
  app.get('/api/query/segmentation', { schema: { querystring: Query } }, ({ query }) => {
    refuseUnknown(query, Query);
    const { event, unit, type, limit } = query;
    const zone = openTimeZone(query.timezone);
    const range = dateRangeOf(query.from_date, query.to_date, zone, MAX_DAYS[unit]);
    const where = query.where === undefined ? undefined : parseWhere('where', query.where);
    const on = query.on === undefined ? undefined : propertyNamed(query.on);
    const users = cohortUsers(source, query.cohort, zone);
    const events = userEvents(source, {
      names: new Set([event]),
      users,
      start: range.start,
      end: range.end,
      linkEvents: type === 'general',
    });
    return segmentation(events, { event, type, buckets: timeBuckets(range, unit, zone), where, on, limit });
  });
}
