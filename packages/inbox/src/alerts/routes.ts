import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import { type AlertRule, type AlertState, evaluate, type QueryClient } from '@qr/alerts';
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import type { InboxData } from '../inbox-data.ts';
import { DAY_MS, dateRangeOf, dayBuckets, openTimeZone, timeBuckets } from '../query/analytics/calendar.ts';
import { type FunnelFigures, funnel, GRACE_MS } from '../query/analytics/funnels.ts';
import { MAX_DAYS } from '../query/analytics/parameters.ts';
import { segmentation } from '../query/analytics/segmentation.ts';
import { type ReportSource, userEvents, userTimelines } from '../query/analytics/user-events.ts';
import { durationsWithin, errorsWithin, isRequest, newIssuesWithin, percentileOf } from './measures.ts';

/** A rule beside what it says now. */
export interface EvaluatedAlert {
  readonly rule: AlertRule;
  readonly state: AlertState;
}

/** What `GET /api/alerts` answers. */
export interface Alerts {
  /** The zone whose hours and days were counted. */
  readonly timeZone: string;
  readonly alerts: readonly EvaluatedAlert[];
}

const Query = Type.Object({
  timezone: Type.String({
    default: 'UTC',
    description: "IANA name of the project's time zone, by whose calendar events are counted",
  }),
});

/** `GET /api/alerts`: every rule as it would say by what the inbox holds now. */
export function alertsRoute(
  instance: FastifyInstance,
  data: InboxData,
  source: ReportSource,
  rules: readonly AlertRule[],
): void {
  const app = instance.withTypeProvider<TypeBoxTypeProvider>();
  app.get('/api/alerts', { schema: { querystring: Query } }, async ({ query }): Promise<Alerts> => {
    const client = ownQueryClient(data, source, query.timezone);
    const states = await evaluate(rules, client, source.now());
    const ruleOf = new Map(rules.map((rule) => [rule.name, rule]));
    const alerts = states.flatMap((state) => {
      const rule = ruleOf.get(state.rule);
      return rule === undefined ? [] : [{ rule, state }];
    });
    return { timeZone: query.timezone, alerts };
  });
}

/**
 * Answers rules from what the inbox holds, by the code of its reports.
 *
 * @throws ParameterError when there is no such time zone.
 */
function ownQueryClient(data: InboxData, source: ReportSource, timeZone: string): QueryClient {
  const zone = openTimeZone(timeZone);
  return {
    timeZone,
    countErrors: async (window) => errorsWithin(data.store.of('error'), window).length,
    countNewIssues: async (window) => newIssuesWithin(data.issues(), window).length,
    requestDuration: async (percentile, window) =>
      percentileOf(durationsWithin(data.store.of('span'), window, isRequest), percentile),

    async eventsPerBucket({ event, unit, count, fromDate, toDate }) {
      const range = dateRangeOf(fromDate, toDate, zone, MAX_DAYS[unit]);
      const events = userEvents(source, { names: new Set([event]), start: range.start, end: range.end });
      const type = count === 'unique' ? 'unique' : 'general';
      const buckets = timeBuckets(range, unit, zone);
      const { data: series } = segmentation(events, { event, type, buckets, limit: 1 });
      return new Map(Object.entries(series.values[event] ?? {}));
    },

    async conversion({ steps, windowDays, fromDate, toDate, days }) {
      const range = dateRangeOf(fromDate, toDate, zone, MAX_DAYS.day);
      const { start, end } = range;
      const windowMs = windowDays * DAY_MS;
      const timelines = userTimelines(source, {
        names: new Set(steps),
        start: start - GRACE_MS * steps.length,
        end: end + windowMs,
      });
      const rules = {
        steps: steps.map((event) => ({ event })),
        windowMs,
        start,
        end,
        type: 'unique',
        limit: 0,
      } as const;
      // Without a breakdown these are the figures of everybody.
      const overall = funnel(timelines, { ...rules, buckets: dayBuckets(range, days, zone) }).overall as FunnelFigures;
      return { entered: overall.analysis.starting_amount, converted: overall.analysis.completion };
    },
  };
}
