import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { dateRangeOf } from './date-range.ts';
import { defaultSteps } from './default-funnel.ts';
import { windowOf, windowParameters } from './funnel-window.ts';
import { MAX_DAYS, refuseUnknown, reportParameters } from './parameters.ts';
import type { ReportSource } from './report-source.ts';
import { SESSION_EVENTS } from './session-events.ts';
import { openTimeZone } from './time-zone.ts';
import { userTimelines } from './user-events.ts';

const { cohort: _, ...timeParameters } = reportParameters;
const Query = Type.Object({ ...timeParameters, ...windowParameters });

/** `GET /api/query/funnels/default`: the steps to begin with, for a time and a conversion window. Empty when nobody did two different events. */
export function defaultFunnelRoute(instance: FastifyInstance, source: ReportSource): void {
  const app = instance.withTypeProvider<TypeBoxTypeProvider>();
  app.get('/api/query/funnels/default', { schema: { querystring: Query } }, ({ query }) => {
    refuseUnknown(query, Query);
    const windowMs = windowOf(query.length, query.length_unit);
    const { start, end } = dateRangeOf(query.from_date, query.to_date, openTimeZone(query.timezone), MAX_DAYS.day);
    const timelines = userTimelines(source, { without: SESSION_EVENTS, start, end: end + windowMs });
    return { steps: defaultSteps(timelines, source.usualFunnel ?? [], { start, end, windowMs }) };
  });
}
