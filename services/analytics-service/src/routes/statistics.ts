import { sentIdOf, trackEvent } from '@qr/common';
import type { Server } from '@qr/common/server';
import type { AppContext } from '../app.ts';
import { countDays, readPeriod } from '../days.ts';
import {
  exportQuery,
  idParams,
  periodQuery,
  statisticsQuery,
  statisticsReply,
  summaryReply,
  visitorsOf,
} from '../schemas.ts';

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

/**
 * What a spreadsheet takes for the beginning of a formula, wherever it may begin a cell: at the start, and behind a separator or a quote. At what a
 * spreadsheet splits depends on the country, and quotes within a cell mean nothing then. https://owasp.org/www-community/attacks/CSV_Injection
 */
const FORMULA = /(^|[;,|"\t\r\n])([^\S\t\r\n]*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20])/g;
const STARTS_WITH_BREAK = /^[\t\r\n]/;
const NEEDS_QUOTES = /[",;|\t\r\n]/;

const HEADER = ['day', 'country', 'device', 'browser', 'scans'];

/** `GET /analytics/qrs/:id/export.csv` gives the owner of a code its scans as a file. */
export function addExportRoute(app: Server, { readings, owners, sessions, now }: AppContext): void {
  const schema = { params: idParams, querystring: exportQuery };
  app.get('/analytics/qrs/:id/export.csv', { schema }, async (request, reply) => {
    const { userId } = sessions.require(request);
    const { id } = request.params;
    const period = readPeriod(request.query, now());
    await owners.check(id, userId);
    const visitors = visitorsOf(request.query);
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

/** Rows as CSV, RFC 4180; the browser names in them come from strangers, so no cell can be a formula. */
export function toCsv(rows: readonly (readonly (string | number)[])[]): string {
  return rows.map((row) => `${row.map(toCell).join(',')}\r\n`).join('');
}

function toCell(value: string | number): string {
  const text = typeof value === 'string' ? asText(value) : String(value);
  return NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** An apostrophe makes a cell text. */
function asText(value: string): string {
  const text = value.replace(FORMULA, "$1'$2");
  return STARTS_WITH_BREAK.test(text) ? `'${text}` : text;
}
