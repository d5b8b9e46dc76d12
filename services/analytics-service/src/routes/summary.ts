import { type Server, sentIdOf } from '@qr/common';
import type { AppContext } from '../app.ts';
import { readPeriod } from '../period.ts';
import { periodQuery, summaryReply } from '../schemas.ts';

/** `GET /analytics/summary` shows a person what became of all their codes. */
export function addSummaryRoute(app: Server, { statistics, sessions, now }: AppContext): void {
  const schema = { querystring: periodQuery, response: { 200: summaryReply } };
  app.get('/analytics/summary', { schema }, async (request) => {
    const { userId } = sessions.require(request);
    return statistics.ofOwner(sentIdOf(userId), readPeriod(request.query, now()));
  });
}
