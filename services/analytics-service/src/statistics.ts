import type { Static } from 'typebox';
import { type Day, type Interval, type Period, startOf, startsBetween } from './days.ts';
import type { Count, Readings } from './readings.ts';
import type { statisticsReply, summaryReply, VisitorFilter } from './schemas.ts';

const MAX_VALUES = 50;
/** As many as the plan for professionals has room for. */
const MAX_CODES = 1000;
const MAX_TOP_DAYS = 5;

/** A name and how many scans it has. */
interface Share {
  readonly value: string;
  readonly scans: number;
}

/** What became of one code. Scans are those of people; bots are counted apart. */
type CodeStatistics = Omit<Static<typeof statisticsReply>, 'qrId' | 'interval' | 'timeZone'>;

/** What became of all codes of a person. */
type OwnerStatistics = Static<typeof summaryReply>;

/** Puts together what was counted. */
export type Statistics = ReturnType<typeof createStatistics>;

export function createStatistics(readings: Pick<Readings, 'countCode' | 'countOwner'>) {
  return {
    async ofCode(
      code: { readonly ownerId: string; readonly qrId: string },
      {
        from,
        to,
        interval,
        visitors: among = {},
      }: Period & { readonly interval: Interval; readonly visitors?: VisitorFilter },
    ): Promise<CodeStatistics> {
      const counts = await readings.countCode({ ...code, from, to, visitors: among });
      const of = (kind: Count['kind']) => sharesOf(counts, kind);
      const days = of('day');
      const visitors = of('visitors');
      const scansBy = addUp(days, interval);
      const visitorsBy = addUp(visitors, interval);
      return {
        from,
        to,
        scans: total(days),
        uniqueVisitors: total(visitors),
        botScans: total(of('bots')),
        series: startsBetween(from, to, interval).map((start) => ({
          start,
          scans: scansBy.get(start) ?? 0,
          uniqueVisitors: visitorsBy.get(start) ?? 0,
        })),
        byCountry: of('country').slice(0, MAX_VALUES),
        byDevice: of('device'),
        byBrowser: of('browser').slice(0, MAX_VALUES),
        topDays: days.slice(0, MAX_TOP_DAYS).map(({ value: day, scans }) => ({ day, scans })),
      };
    },

    async ofOwner(ownerId: string, { from, to }: Period): Promise<OwnerStatistics> {
      const counts = await readings.countOwner({ ownerId, from, to });
      const days = sharesOf(counts, 'day');
      const scansBy = addUp(days, 'day');
      return {
        from,
        to,
        scans: total(days),
        uniqueVisitors: total(sharesOf(counts, 'visitors')),
        series: startsBetween(from, to, 'day').map((start) => ({ start, scans: scansBy.get(start) ?? 0 })),
        byCode: sharesOf(counts, 'code')
          .slice(0, MAX_CODES)
          .map(({ value: qrId, scans }) => ({ qrId, scans })),
      };
    },
  };
}

/** Most scans first, and by name among equals: by code unit, so that the language of the database does not matter. */
function sharesOf<K extends string>(
  counts: readonly { readonly kind: K; readonly value: string; readonly count: number }[],
  kind: K,
): Share[] {
  return counts
    .filter((each) => each.kind === kind)
    .map(({ value, count: scans }) => ({ value, scans }))
    .sort((a, b) => b.scans - a.scans || (a.value < b.value ? -1 : 1));
}

function total(shares: readonly Share[]): number {
  return shares.reduce((sum, { scans }) => sum + scans, 0);
}

function addUp(days: readonly Share[], interval: Interval): Map<Day, number> {
  const sums = new Map<Day, number>();
  for (const { value: day, scans } of days) {
    const start = startOf(day, interval);
    sums.set(start, (sums.get(start) ?? 0) + scans);
  }
  return sums;
}
