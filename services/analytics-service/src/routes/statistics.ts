import { type Server, sentIdOf, trackEvent } from '@qr/common';
import type { AppContext } from '../app.ts';
import { countDays } from '../days.ts';
import { readPeriod } from '../period.ts';
import { idParams, statisticsQuery, statisticsReply } from '../schemas.ts';
import { readVisitors } from '../visitor-filter.ts';

/** `GET /analytics/qrs/:id` shows the owner of a code what became of it. */
export function addStatisticsRoute(app: Server, { statistics, owners, sessions, now }: AppContext): void {
  const schema = { params: idParams, querystring: statisticsQuery, response: { 200: statisticsReply } };
  app.get('/analytics/qrs/:id', { schema }, async (request) => {
    const { userId } = sessions.require(request);
    const { id } = request.params;
    const { interval, refresh } = request.query;
    const period = readPeriod(request.query, now());
    await owners.check(id, userId);
    const visitors = readVisitors(request.query);
    const counted = await statistics.ofCode({ ownerId: sentIdOf(userId), qrId: id }, { ...period, interval, visitors });
    if (!refresh) trackEvent('statistics_viewed', userId, { qr_id: id, days: countDays(period.from, period.to) });
    return { qrId: id, interval, timeZone: 'UTC' as const, ...counted };
  });
}
