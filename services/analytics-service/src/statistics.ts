import { type Database, withoutValues } from '@qr/database';
import { type SQL, sql } from 'drizzle-orm';
import type { Static } from 'typebox';
import { type Day, type Interval, type Period, startOf, startsBetween } from './days.ts';
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

/** Which scans are asked for. */
interface CodeScope extends Period {
  readonly ownerId: string;
  readonly qrId: string;
  readonly visitors?: VisitorFilter;
}

/** One number of a code: `value` is a day, or the name of what was counted. */
interface Count {
  readonly kind: 'day' | 'visitors' | 'country' | 'device' | 'browser' | 'bots';
  readonly value: string;
  readonly count: number;
}

/** One number of a person's codes together. */
interface OwnerCount {
  readonly kind: 'day' | 'visitors' | 'code';
  readonly value: string;
  readonly count: number;
}

/** One line of an export. */
interface ExportRow {
  readonly day: Day;
  readonly country: string;
  readonly device: string;
  readonly browser: string;
  readonly scans: number;
}

/** What was counted. */
export type Readings = ReturnType<typeof createReadings>;

/**
 * The queries that read. Each is one statement, and so sees one moment: days that are rolled up from their roll-up, dirty ones from the scans
 * themselves, however often somebody rolls up meanwhile.
 */
export function createReadings(db: Database['db']) {
  return withoutValues({
    async countCode(scope: CodeScope): Promise<Count[]> {
      const { rows } = await db.execute<Count & Record<string, unknown>>(sql`
        with counted as materialized (${scansWhere(ofCode(scope))}),
        visited as materialized (${isFiltered(scope) ? visitorsAmong(scope) : visitorsWhere(ofCode(scope))})
        select
          case 0 when grouping(day) then 'day' when grouping(country) then 'country'
            when grouping(device_type) then 'device' else 'browser' end as kind,
          coalesce(day::text, country, device_type, browser) as value,
          sum(scans)::float8 as count
        from counted where not is_bot group by grouping sets ((day), (country), (device_type), (browser))
        union all select 'bots', '', sum(scans)::float8 from counted where is_bot having count(*) > 0
        union all select 'visitors', day::text, sum(visitors)::float8 from visited group by day`);
      return rows;
    },

    async countOwner({ ownerId, ...period }: Period & { readonly ownerId: string }): Promise<OwnerCount[]> {
      const filter = ofOwner(ownerId, period);
      const { rows } = await db.execute<OwnerCount & Record<string, unknown>>(sql`
        with counted as materialized (${scansWhere(filter)}),
        visited as materialized (${visitorsWhere(filter)})
        select 'day' as kind, day::text as value, sum(scans)::float8 as count
          from counted where not is_bot group by day
        union all select 'code', qr_id, sum(scans)::float8 from counted where not is_bot group by qr_id
        union all select 'visitors', day::text, sum(visitors)::float8 from visited group by day`);
      return rows;
    },

    /** By day, then by name; bots are a kind of device. */
    async listCode(scope: CodeScope): Promise<ExportRow[]> {
      const { rows } = await db.execute<ExportRow & Record<string, unknown>>(sql`
        select day::text as day, country, device, browser, sum(scans)::float8 as scans
        from (
          select *, case when is_bot then 'bot' else device_type end as device from (${scansWhere(ofCode(scope))}) as counted
        ) as named
        group by named.day, country, device, browser
        order by named.day, country collate "C", device collate "C", browser collate "C"`);
      return rows;
    },
  });
}

function ofCode({ ownerId, qrId, from, to, visitors: { country, device, browser } = {} }: CodeScope): SQL {
  const among = [
    country !== undefined && sql` and country = ${country}`,
    device !== undefined && sql` and device_type = ${device}`,
    browser !== undefined && sql` and browser = ${browser}`,
  ].filter((part) => part !== false);
  return sql`${ofOwner(ownerId, { from, to })} and qr_id = ${qrId}${sql.join(among)}`;
}

function isFiltered({ visitors = {} }: CodeScope): boolean {
  return Object.values(visitors).some((value) => value !== undefined);
}

/** Roll-ups hold visitors by day alone, so that some of them are counted from the scans themselves, for as long as these are kept. */
function visitorsAmong(scope: CodeScope): SQL {
  return sql`
    select qr_id, day, count(distinct visitor) as visitors from analytics.scans
    where ${ofCode(scope)} and not is_bot group by qr_id, day`;
}

function ofOwner(ownerId: string, { from, to }: Period): SQL {
  return sql`owner_id = ${ownerId} and day between ${from}::date and ${to}::date`;
}

/** Scans by day, code and kind. */
function scansWhere(filter: SQL): SQL {
  return sql`
    select qr_id, day, country, device_type, browser, is_bot, scans from analytics.daily_scans as rolled
    where ${filter} and not ${isDirty}
    union all
    select qr_id, day, country, device_type, browser, is_bot, count(*)
    from analytics.dirty_days join analytics.scans using (owner_id, qr_id, day)
    where ${filter} group by qr_id, day, country, device_type, browser, is_bot`;
}

/** Visitors by day and code. */
function visitorsWhere(filter: SQL): SQL {
  return sql`
    select qr_id, day, visitors from analytics.daily_visitors as rolled
    where ${filter} and not ${isDirty}
    union all
    select qr_id, day, count(distinct visitor) filter (where not is_bot)
    from analytics.dirty_days join analytics.scans using (owner_id, qr_id, day)
    where ${filter} group by qr_id, day`;
}

const isDirty = sql`exists (
  select from analytics.dirty_days as dirty
  where dirty.owner_id = rolled.owner_id and dirty.qr_id = rolled.qr_id and dirty.day = rolled.day
)`;
