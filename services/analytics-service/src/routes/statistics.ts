import { sentIdOf, trackEvent } from '@qr/common';
import type { Server } from '@qr/common/server';
import type { AppContext } from '../app.ts';
import { countDays, readPeriod } from '../days.ts';
import { idParams, periodQuery, statisticsQuery, statisticsReply, summaryReply, visitorsOf } from '../schemas.ts';

/** Adds the routes that show people the scans of one code, and of all their codes. */
export function addStatisticsRoutes(app: Server, { statistics, owners, sessions, now }: AppContext): void {
  const schema = { params: idParams, querystring: statisticsQuery, response: { 200: statisticsReply } };
  app.get('/analytics/qrs/:id', { schema }, async (request) => {
    const { userId } = sessions.require(request);
    const { id } = request.params;
    const { interval, refresh } = request.query;
    const period = readPeriod(request.query, now());
    await owners.check(id, userId);
    const visitors = visitorsOf(request.query);
    const counted = await statistics.ofCode({ ownerId: sentIdOf(userId), qrId: id }, { ...period, interval, visitors });
    if (!refresh) trackEvent('statistics_viewed', userId, { qr_id: id, days: countDays(period.from, period.to) });
    return { qrId: id, interval, timeZone: 'UTC' as const, ...counted };
  });

  const summarySchema = { querystring: periodQuery, response: { 200: summaryReply } };
  app.get('/analytics/summary', { schema: summarySchema }, async (request) => {
    const { userId } = sessions.require(request);
    return statistics.ofOwner(sentIdOf(userId), readPeriod(request.query, now()));
  });
}
