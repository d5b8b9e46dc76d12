import { type Database, withoutValues } from '@qr/database';
import { sql } from 'drizzle-orm';
import type { Day } from './days.ts';

/** A scan as it is first written: a row of `analytics.scans`. */
export interface Scan {
  /** The same for every copy of the scan. */
  readonly insertId: string;
  /** ISO 8601. */
  readonly time: string;
  /** Of `time`. */
  readonly day: Day;
  readonly ownerId: string;
  readonly qrId: string;
  readonly visitor: string;
  readonly deviceType: string;
  readonly browser: string;
  readonly country: string;
  readonly isBot: boolean;
}

/** What this service keeps. */
export type Store = ReturnType<typeof createStore>;

/**
 * The queries that write. A day of a code is dirty while its roll-up lacks a scan.
 *
 * Whoever adds a scan locks the mark of its day until the scan is there, and the roll-up locks the mark before it looks for scans: so of a scan
 * and a roll-up at the same time either the roll-up sees the scan, or the day is dirty afterwards.
 */
export function createStore(db: Database['db']) {
  return withoutValues({
    /** Adds the scans that are not there yet, and marks their days. One statement, and one parameter however many they are. */
    async insertScans(scans: readonly Scan[]): Promise<void> {
      // In an order of their own, for otherwise two batches with the same scans or codes could wait for each other.
      await db.execute(sql`
        with added as (
          insert into analytics.scans
            (insert_id, time, day, owner_id, qr_id, visitor, device_type, browser, country, is_bot)
          select "insertId", time, day, "ownerId", "qrId", visitor, "deviceType", browser, country, "isBot"
          from json_to_recordset(${JSON.stringify(scans)}::json) as scan (
            "insertId" text, time timestamptz, day date, "ownerId" text, "qrId" text, visitor text,
            "deviceType" text, browser text, country text, "isBot" boolean
          )
          order by "insertId"
          on conflict (insert_id) do nothing
          returning owner_id, qr_id, day
        )
        insert into analytics.dirty_days (owner_id, qr_id, day)
        select distinct owner_id, qr_id, day from added order by owner_id, qr_id, day
        -- Not "do nothing", which would leave the mark unlocked.
        on conflict (owner_id, qr_id, day) do update set day = excluded.day`);
    },

    /** The first day of which all scans are still there. */
    async keptFrom(): Promise<Day> {
      const { rows } = await db.execute<{ day: Day }>(sql`select day::text as day from analytics.kept_from`);
      return rows[0]?.day ?? '0001-01-01';
    },

    async countDirtyDays(): Promise<number> {
      const { rows } = await db.execute<{ days: number }>(sql`select count(*)::int as days from analytics.dirty_days`);
      return rows[0]?.days ?? 0;
    },

    /**
     * Rolls up to so many dirty days up, those that nobody else is at.
     *
     * @returns how many.
     */
    rollUp(limit: number): Promise<number> {
      return db.transaction(async (transaction) => {
        const { rows: days } = await transaction.execute(sql`
          delete from analytics.dirty_days where ctid = any (array(
            select ctid from analytics.dirty_days
            order by owner_id, qr_id, day limit ${limit} for update skip locked
          ))
          returning owner_id, qr_id, day::text as day`);
        if (days.length === 0) return 0;
        // A statement after the lock, so that it sees every scan that came before. Scans are only ever added: no row can become superfluous, and
        // most stay as they were, which need not be written again.
        const due = sql`
          json_to_recordset(${JSON.stringify(days)}::json) as due (owner_id text, qr_id text, day date)
          join analytics.scans using (owner_id, qr_id, day)`;
        await transaction.execute(sql`
          insert into analytics.daily_scans (owner_id, qr_id, day, country, device_type, browser, is_bot, scans)
          select owner_id, qr_id, day, country, device_type, browser, is_bot, count(*)
          from ${due} group by owner_id, qr_id, day, country, device_type, browser, is_bot
          on conflict (owner_id, qr_id, day, country, device_type, browser, is_bot)
          do update set scans = excluded.scans where daily_scans.scans <> excluded.scans`);
        await transaction.execute(sql`
          insert into analytics.daily_visitors (owner_id, qr_id, day, visitors)
          select owner_id, qr_id, day, count(distinct visitor) filter (where not is_bot)
          from ${due} group by owner_id, qr_id, day
          on conflict (owner_id, qr_id, day)
          do update set visitors = excluded.visitors where daily_visitors.visitors <> excluded.visitors`);
        return days.length;
      });
    },

    /** Closes the days before a day: late scans of them are no longer taken. */
    async closeDaysBefore(day: Day): Promise<void> {
      await db.execute(sql`update analytics.kept_from set day = ${day}::date where day < ${day}::date`);
    },

    /**
     * Removes up to so many scans of the days before a day, which must be closed, unless they are still to be rolled up.
     *
     * @returns how many.
     */
    async deleteScansBefore(day: Day, limit: number): Promise<number> {
      const { rowCount } = await db.execute(sql`
        delete from analytics.scans where ctid = any (array(
          select ctid from analytics.scans
          where day < ${day}::date and not exists (
            select from analytics.dirty_days as dirty
            where dirty.owner_id = scans.owner_id and dirty.qr_id = scans.qr_id and dirty.day = scans.day
          )
          order by day limit ${limit}
        ))`);
      return rowCount ?? 0;
    },

    /** Removes everything of a person. */
    async deleteOwner(ownerId: string): Promise<void> {
      await db.transaction(async (transaction) => {
        // Marks before roll-ups: it waits for one that is under way, whose rows would otherwise come after us.
        for (const table of ['scans', 'dirty_days', 'daily_scans', 'daily_visitors'])
          await transaction.execute(sql`delete from analytics.${sql.identifier(table)} where owner_id = ${ownerId}`);
      });
    },
  });
}
