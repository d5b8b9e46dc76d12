import { type Server, sentIdOf, trackEvent } from '@qr/common';
import type { AppContext } from '../app.ts';
import { toCsv } from '../csv.ts';
import { countDays } from '../days.ts';
import { readPeriod } from '../period.ts';
import { exportQuery, idParams } from '../schemas.ts';
import { readVisitors } from '../visitor-filter.ts';

const HEADER = ['day', 'country', 'device', 'browser', 'scans'];

/** `GET /analytics/qrs/:id/export.csv` gives the owner of a code its scans as a file. */
export function addExportRoute(app: Server, { readings, owners, sessions, now }: AppContext): void {
  const schema = { params: idParams, querystring: exportQuery };
  app.get('/analytics/qrs/:id/export.csv', { schema }, async (request, reply) => {
    const { userId } = sessions.require(request);
    const { id } = request.params;
    const period = readPeriod(request.query, now());
    await owners.check(id, userId);
    const visitors = readVisitors(request.query);
    const rows = await readings.listCode({ ownerId: sentIdOf(userId), qrId: id, ...period, visitors });
    trackEvent('statistics_exported', userId, { qr_id: id, days: countDays(period.from, period.to) });
    const lines = rows.map(({ day, country, device, browser, scans }) => [day, country, device, browser, scans]);
    return (
      reply
        .type('text/csv; charset=utf-8')
        // The id has no character that a file name or a header could not have.
        .header('content-disposition', `attachment; filename="scans-${id}-${period.from}-${period.to}.csv"`)
        .send(toCsv([HEADER, ...lines]))
    );
  });
}
