import { type Database, firstRow, withoutValues } from '@qr/database';
import type { ServerProfile } from '@qr/events';
import { and, eq, gt, gte, isNull, like, lte, or, sql } from 'drizzle-orm';
import { integer, pgSchema, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import type { Rule } from './guesses.ts';

const auth = pgSchema('auth');

const users = auth.table('users', {
  id: uuid().primaryKey(),
  email: text().notNull(),
  name: text(),
  passwordHash: text('password_hash').notNull(),
  plan: text().$type<NonNullable<ServerProfile['plan']>>().notNull(),
  createdAt: timestamp('created_at', { withTimezone: true }).notNull(),
});

// One row a log-in, whose secret is replaced at each use: a row that is found with another secret tells that an old one came back.
const refreshTokens = auth.table('refresh_tokens', {
  family: uuid().primaryKey(),
  userId: uuid('user_id').notNull(),
  secretHash: text('secret_hash').notNull(),
  rotatedAt: timestamp('rotated_at', { withTimezone: true }),
  expiresAt: timestamp('expires_at', { withTimezone: true }).notNull(),
});

// Which service has still to be told that a person is gone: written in the transaction in which they go.
const erasures = auth.table('erasures', {
  userId: uuid('user_id').notNull(),
  service: text().notNull(),
  requestedAt: timestamp('requested_at', { withTimezone: true }).notNull(),
  doneAt: timestamp('done_at', { withTimezone: true }),
});

// By keyed hashes, of people with and without an account; `since` is the time of the last attempt that was admitted.
const attempts = auth.table('attempts', {
  account: text().primaryKey(),
  attempts: integer().notNull(),
  since: timestamp({ withTimezone: true }).notNull(),
});

/** A row of `auth.users`. */
export type User = typeof users.$inferSelect;
/** A row of `auth.refresh_tokens`. */
export type RefreshToken = typeof refreshTokens.$inferSelect;

/** A row of `auth.erasures`. */
export type Erasure = typeof erasures.$inferSelect;

/** What this service keeps. */
export type Store = ReturnType<typeof createStore>;

/** The queries of this service. */
export function createStore(db: Database['db']) {
  return withoutValues({
    /** @returns `undefined` when the address is taken. */
    insertUser: (user: User) =>
      firstRow(db.insert(users).values(user).onConflictDoNothing({ target: users.email }).returning()),

    findUserByEmail: (email: string) => firstRow(db.select().from(users).where(eq(users.email, email))),

    findUserById: (id: string) => firstRow(db.select().from(users).where(eq(users.id, id))),

    /** Replaces the password and ends every session. */
    async replacePassword(id: string, passwordHash: string): Promise<void> {
      await db.transaction(async (transaction) => {
        await transaction.update(users).set({ passwordHash }).where(eq(users.id, id));
        await transaction.delete(refreshTokens).where(eq(refreshTokens.userId, id));
      });
    },

    rename: (id: string, name: string | null) =>
      firstRow(db.update(users).set({ name }).where(eq(users.id, id)).returning()),

    /** @returns `undefined` when the plan was no longer the one that is to be replaced. */
    replacePlan: (id: string, { from, to }: { from: User['plan']; to: User['plan'] }) =>
      firstRow(
        db
          .update(users)
          .set({ plan: to })
          .where(and(eq(users.id, id), eq(users.plan, from)))
          .returning(),
      ),

    /** Removes an account with its sessions, and notes which services have to follow. */
    async deleteUser(id: string, { services, now }: { services: readonly string[]; now: Date }): Promise<void> {
      await db.transaction(async (transaction) => {
        await transaction.delete(users).where(eq(users.id, id));
        const rows = services.map((service) => ({ userId: id, service, requestedAt: now }));
        if (rows.length > 0) await transaction.insert(erasures).values(rows).onConflictDoNothing();
      });
    },

    /** What is to be asked of services now: what was not confirmed yet, and once more what was requested before a moment. */
    async dueErasures(requestedBefore: Date): Promise<Erasure[]> {
      return db
        .select()
        .from(erasures)
        .where(or(isNull(erasures.doneAt), lte(erasures.requestedAt, requestedBefore)));
    },

    async noteErasure({ userId, service }: Erasure, doneAt: Date): Promise<void> {
      await db.update(erasures).set({ doneAt }).where(erasure(userId, service));
    },

    async endErasure({ userId, service }: Erasure): Promise<void> {
      await db.delete(erasures).where(erasure(userId, service));
    },

    /**
     * Counts an attempt when its time has come, in one statement, so that none of many at once is missed. Counts older than `keepMs` are gone.
     *
     * @returns 0, or how many milliseconds are left to wait.
     */
    async countAttempt(
      account: string,
      { rule, nowMs, keepMs }: { readonly rule: Rule; readonly nowMs: number; readonly keepMs: number },
    ): Promise<number> {
      await db.delete(attempts).where(lte(attempts.since, new Date(nowMs - keepMs)));
      const readyMs = readyAt(rule);
      const admitted = await db
        .insert(attempts)
        .values({ account, attempts: 1, since: new Date(nowMs) })
        .onConflictDoUpdate({
          target: attempts.account,
          set: { attempts: sql`${attempts.attempts} + 1`, since: new Date(nowMs) },
          setWhere: sql`${readyMs} <= ${nowMs}::float8`,
        })
        .returning({ attempts: attempts.attempts });
      if (admitted.length > 0) return 0;
      const [waiting] = await db
        .select({ readyMs: sql<number>`${readyMs}::float8` })
        .from(attempts)
        .where(eq(attempts.account, account));
      return Math.max(1, (waiting?.readyMs ?? 0) - nowMs);
    },

    /** Adds up the counts whose key begins so. */
    async sumAttempts(prefix: string): Promise<number> {
      const [found] = await db
        .select({ attempts: sql<number>`coalesce(sum(${attempts.attempts}), 0)::int` })
        .from(attempts)
        .where(like(attempts.account, `${prefix}%`));
      return found?.attempts ?? 0;
    },

    async takeAttemptBack(account: string): Promise<void> {
      await db
        .update(attempts)
        .set({ attempts: sql`${attempts.attempts} - 1` })
        .where(eq(attempts.account, account));
      await db.delete(attempts).where(and(eq(attempts.account, account), lte(attempts.attempts, 0)));
    },

    /** Removes the counts whose key begins so. */
    async clearAttempts(prefix: string): Promise<void> {
      await db.delete(attempts).where(like(attempts.account, `${prefix}%`));
    },

    async insertRefreshToken(token: Omit<RefreshToken, 'rotatedAt'>): Promise<void> {
      await db.insert(refreshTokens).values({ ...token, rotatedAt: null });
    },

    /** Replaces the secret, in one statement: of two requests with the same secret one wins. */
    rotateRefreshToken: (shown: ShownToken, next: { secretHash: string; expiresAt: Date }) =>
      firstRow(
        db
          .update(refreshTokens)
          .set({ ...next, rotatedAt: shown.now })
          .where(valid(shown))
          .returning({ userId: refreshTokens.userId }),
      ),

    /** Finds whose a family is, when its secret is this one and has replaced another since a moment. */
    findRotatedRefreshToken: (shown: ShownToken, rotatedSince: Date) =>
      firstRow(
        db
          .select({ userId: refreshTokens.userId })
          .from(refreshTokens)
          .where(and(valid(shown), gte(refreshTokens.rotatedAt, rotatedSince))),
      ),

    deleteRefreshToken: (family: string) =>
      firstRow(
        db.delete(refreshTokens).where(eq(refreshTokens.family, family)).returning({ userId: refreshTokens.userId }),
      ),

    async deleteExpiredRefreshTokens(userId: string, now: Date): Promise<void> {
      await db.delete(refreshTokens).where(and(eq(refreshTokens.userId, userId), lte(refreshTokens.expiresAt, now)));
    },
  });
}

/** What a browser shows to renew its session, and when. */
interface ShownToken {
  readonly family: string;
  readonly secretHash: string;
  readonly now: Date;
}

function valid({ family, secretHash, now }: ShownToken) {
  return and(
    eq(refreshTokens.family, family),
    eq(refreshTokens.secretHash, secretHash),
    gt(refreshTokens.expiresAt, now),
  );
}

/** When the next attempt is admitted, in milliseconds since 1970. */
function readyAt({ free, firstDelayMs, maxDelayMs }: Rule) {
  // Bounded, as a power of a large count would be too large a number.
  const doublings = sql`least(${attempts.attempts} - ${free}::int, 30)`;
  const delay = sql`least(${maxDelayMs}::float8, ${firstDelayMs}::float8 * power(2::float8, ${doublings}))`;
  // Free ones at any time: an attempt at the same moment may have been counted with a later clock.
  return sql`case when ${attempts.attempts} < ${free}::int then 0::float8 else extract(epoch from ${attempts.since})::float8 * 1000 + ${delay} end`;
}

function erasure(userId: string, service: string) {
  return and(eq(erasures.userId, userId), eq(erasures.service, service));
}
