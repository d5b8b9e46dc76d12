import type { AlertState } from '@qr/alerts';
import { type Database, withoutValues } from '@qr/database';
import { sql } from 'drizzle-orm';

/** One evaluation of all instances together. */
export interface Claim {
  readonly claimedAt: number;
  /** What was told last. */
  readonly states: readonly AlertState[];
}

/** What instances share of the alerts. */
export type AlertStore = ReturnType<typeof createAlertStore>;

export function createAlertStore(db: Database['db']) {
  return withoutValues({
    /**
     * Takes the evaluation of this interval, of which only one instance gets it: the update locks the row, and who waited for it finds that the
     * condition no longer holds.
     *
     * @returns undefined when another one has it.
     */
    async claim(now: number, intervalMs: number): Promise<Claim | undefined> {
      // A claim of a clock that was far ahead must not stand in the way until then.
      const { rows } = await db.execute<{ states: AlertState[] }>(sql`
        update analytics.alerts set claimed_at = ${timestamp(now)}
        where claimed_at not between ${timestamp(now - intervalMs)} and ${timestamp(now + intervalMs)}
        returning states`);
      const [row] = rows;
      return row && { claimedAt: now, states: row.states };
    },

    /** Remembers what was told, unless somebody else has taken over meanwhile. */
    async keep({ claimedAt }: Claim, states: readonly AlertState[]): Promise<void> {
      await db.execute(sql`
        update analytics.alerts set states = ${JSON.stringify(states)}::jsonb
        where claimed_at = ${timestamp(claimedAt)}`);
    },
  });
}

function timestamp(time: number) {
  return sql`${new Date(time).toISOString()}::timestamptz`;
}
