import { type Database, withoutValues } from '@qr/database';
import type { ServerProfile } from '@qr/events';
import { and, eq, gt, isNull, lte, or, sql } from 'drizzle-orm';
import { integer, pgSchema, text, timestamp, uuid } from 'drizzle-orm/pg-core';

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
  expiresAt: timestamp('expires_at', { withTimezone: true }).notNull(),
});

// Which service has still to be told that a person is gone: written in the transaction in which they go.
const erasures = auth.table('erasures', {
  userId: uuid('user_id').notNull(),
  service: text().notNull(),
  requestedAt: timestamp('requested_at', { withTimezone: true }).notNull(),
  doneAt: timestamp('done_at', { withTimezone: true }),
});

// By a keyed hash of the address, of people with and without an account.
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
    async insertUser(user: User): Promise<User | undefined> {
      const [inserted] = await db.insert(users).values(user).onConflictDoNothing({ target: users.email }).returning();
      return inserted;
    },

    async findUserByEmail(email: string): Promise<User | undefined> {
      const [user] = await db.select().from(users).where(eq(users.email, email));
      return user;
    },

    async findUserById(id: string): Promise<User | undefined> {
      const [user] = await db.select().from(users).where(eq(users.id, id));
      return user;
    },

    /** Replaces the password and ends every session. */
    async replacePassword(id: string, passwordHash: string): Promise<void> {
      await db.transaction(async (transaction) => {
        await transaction.update(users).set({ passwordHash }).where(eq(users.id, id));
        await transaction.delete(refreshTokens).where(eq(refreshTokens.userId, id));
      });
    },

    async rename(id: string, name: string | null): Promise<User | undefined> {
      const [user] = await db.update(users).set({ name }).where(eq(users.id, id)).returning();
      return user;
    },

    /** @returns `undefined` when the plan was no longer the one that is to be replaced. */
    async replacePlan(id: string, { from, to }: { from: User['plan']; to: User['plan'] }): Promise<User | undefined> {
      const [user] = await db
        .update(users)
        .set({ plan: to })
        .where(and(eq(users.id, id), eq(users.plan, from)))
        .returning();
      return user;
    },

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
     * Counts an attempt, in one statement, so that none of many at once is missed. Counts that began before `expired` are gone.
     *
     * @returns how many there were, this one included, and since when.
     */
    async countAttempt(
      account: string,
      { now, expired }: { now: Date; expired: Date },
    ): Promise<{ attempts: number; since: Date }> {
      await db.delete(attempts).where(lte(attempts.since, expired));
      const [counted] = await db
        .insert(attempts)
        .values({ account, attempts: 1, since: now })
        .onConflictDoUpdate({ target: attempts.account, set: { attempts: sql`${attempts.attempts} + 1` } })
        .returning({ attempts: attempts.attempts, since: attempts.since });
      if (!counted) throw new Error('The database returned no row for an insert');
      return counted;
    },

    async clearAttempts(account: string): Promise<void> {
      await db.delete(attempts).where(eq(attempts.account, account));
    },

    async insertRefreshToken(token: RefreshToken): Promise<void> {
      await db.insert(refreshTokens).values(token);
    },

    /** Replaces the secret, in one statement: of two requests with the same secret one wins. */
    async rotateRefreshToken(
      { family, secretHash, now }: { family: string; secretHash: string; now: Date },
      next: { secretHash: string; expiresAt: Date },
    ): Promise<{ userId: string } | undefined> {
      const [rotated] = await db
        .update(refreshTokens)
        .set(next)
        .where(
          and(
            eq(refreshTokens.family, family),
            eq(refreshTokens.secretHash, secretHash),
            gt(refreshTokens.expiresAt, now),
          ),
        )
        .returning({ userId: refreshTokens.userId });
      return rotated;
    },

    async deleteRefreshToken(family: string): Promise<{ userId: string } | undefined> {
      const [deleted] = await db
        .delete(refreshTokens)
        .where(eq(refreshTokens.family, family))
        .returning({ userId: refreshTokens.userId });
      return deleted;
    },

    async deleteExpiredRefreshTokens(userId: string, now: Date): Promise<void> {
      await db.delete(refreshTokens).where(and(eq(refreshTokens.userId, userId), lte(refreshTokens.expiresAt, now)));
    },
  });
}

function erasure(userId: string, service: string) {
  return and(eq(erasures.userId, userId), eq(erasures.service, service));
}
