import type { QueryClient } from '@qr/alerts';
import type { InboxData } from '../inbox-data.ts';
import { DAY_MS, dateRangeOf, dayBuckets, openTimeZone, timeBuckets } from '../query/analytics/calendar.ts';
import { GRACE_MS } from '../query/analytics/funnel-entries.ts';
import { type FunnelFigures, funnel } from '../query/analytics/funnels.ts';
import { MAX_DAYS } from '../query/analytics/parameters.ts';
import { segmentation } from '../query/analytics/segmentation.ts';
import { type ReportSource, userEvents, userTimelines } from '../query/analytics/user-events.ts';
import { durationsWithin, errorsWithin, isRequest, newIssuesWithin, percentileOf } from './measures.ts';

/**
 * Answers rules from what the inbox holds, by the code of its reports.
 *
 * @throws ParameterError when there is no such time zone.
 */
export function ownQueryClient(data: InboxData, source: ReportSource, timeZone: string): QueryClient {
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
