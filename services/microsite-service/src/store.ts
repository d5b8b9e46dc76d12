import type { Cursor } from '@qr/common/server';
import { type Database, firstRow, withoutValues } from '@qr/database';
import { and, count, desc, eq, getTableColumns, isNotNull, type SQL, sql } from 'drizzle-orm';
import { jsonb, pgSchema, text, timestamp } from 'drizzle-orm/pg-core';
import type { Link } from './schemas.ts';

/** What visitors see of a microsite: a copy, so that its owner can go on writing. */
export interface Snapshot {
  readonly title: string;
  readonly description: string | null;
  readonly links: readonly Link[];
}

const schema = pgSchema('microsite');

const microsites = schema.table('microsites', {
  id: text().primaryKey(),
  ownerId: text('owner_id').notNull(),
  slug: text().notNull(),
  title: text().notNull(),
  description: text(),
  links: jsonb().$type<readonly Link[]>().notNull(),
  published: jsonb().$type<Snapshot>(),
  createdAt: timestamp('created_at', { withTimezone: true }).notNull(),
  updatedAt: timestamp('updated_at', { withTimezone: true }).notNull(),
  publishedAt: timestamp('published_at', { withTimezone: true }),
});

const owners = schema.table('owners', { id: text().primaryKey() });

type Row = typeof microsites.$inferSelect;
/** A microsite as it is first written. */
export type NewMicrosite = Omit<Row, 'published' | 'publishedAt'>;
/** A microsite as its owner sees it: the draft, and whether visitors see something else. */
export type Microsite = Omit<Row, 'published'> & { readonly hasUnpublishedChanges: boolean };
/** What its owner may change of a draft; the slug stays, as it is printed. */
export type MicrositeChanges = Partial<Snapshot>;
/** What became of a new microsite. */
export type Insertion = { readonly microsite: Microsite } | { readonly refused: 'plan_limit' | 'slug_taken' };

// By the database, in which the order of keys is no difference, and of what it holds in the moment of the statement.
const snapshot: SQL<Snapshot> = sql`jsonb_build_object('title', ${microsites.title}, 'description', ${microsites.description}, 'links', ${microsites.links})`;

const { published, ...columns } = getTableColumns(microsites);
const summary = {
  ...columns,
  hasUnpublishedChanges: sql<boolean>`${published} is not null and ${published} <> ${snapshot}`,
};

/** What this service keeps. */
export type Store = ReturnType<typeof createStore>;

/** The queries of this service. */
export function createStore(db: Database['db']) {
  return withoutValues({
    /** @param maxMicrosites how many the owner may have. */
    insertMicrosite(microsite: NewMicrosite, maxMicrosites: number): Promise<Insertion> {
      const { ownerId } = microsite;
      return db.transaction(async (transaction): Promise<Insertion> => {
        // The row of the owner is locked until the end, so that two last microsites do not both find room.
        await transaction.insert(owners).values({ id: ownerId }).onConflictDoNothing();
        await transaction.select().from(owners).where(eq(owners.id, ownerId)).for('update');
        const has = await transaction
          .select({ total: count() })
          .from(microsites)
          .where(eq(microsites.ownerId, ownerId));
        if ((has[0]?.total ?? 0) >= maxMicrosites) return { refused: 'plan_limit' };
        const [inserted] = await transaction
          .insert(microsites)
          .values(microsite)
          .onConflictDoNothing({ target: microsites.slug })
          .returning(summary);
        return inserted ? { microsite: inserted } : { refused: 'slug_taken' };
      });
    },

    /** Newest first, from behind a position on. */
    async listMicrosites(
      ownerId: string,
      { limit, after }: { limit: number; after: Cursor | undefined },
    ): Promise<{ items: Microsite[]; total: number }> {
      const { createdAt, id } = microsites;
      const items = await db
        .select(summary)
        .from(microsites)
        .where(
          and(
            eq(microsites.ownerId, ownerId),
            // As one comparison of rows, which the index of the list answers.
            after && sql`(${createdAt}, ${id}) < (${sql.param(after.createdAt, createdAt)}, ${after.id})`,
          ),
        )
        .orderBy(desc(createdAt), desc(id))
        .limit(limit);
      const [counted] = await db.select({ total: count() }).from(microsites).where(eq(microsites.ownerId, ownerId));
      return { items, total: counted?.total ?? 0 };
    },

    findMicrosite: (id: string) => firstRow(db.select(summary).from(microsites).where(eq(microsites.id, id))),

    findOwnMicrosite: (id: string, ownerId: string) =>
      firstRow(db.select(summary).from(microsites).where(own(id, ownerId))),

    findPublished: (slug: string) =>
      firstRow(
        db
          .select({ id: microsites.id, published })
          .from(microsites)
          .where(and(eq(microsites.slug, slug), isNotNull(published))),
      ),

    updateOwnMicrosite: (id: string, ownerId: string, changes: MicrositeChanges & { updatedAt: Date }) =>
      firstRow(db.update(microsites).set(changes).where(own(id, ownerId)).returning(summary)),

    /** @returns `undefined` when there is no such microsite, or it has no links. */
    publishOwnMicrosite: (id: string, ownerId: string, publishedAt: Date) =>
      firstRow(
        db
          .update(microsites)
          .set({ published: snapshot, publishedAt })
          .where(and(own(id, ownerId), sql`jsonb_array_length(${microsites.links}) > 0`))
          .returning(summary),
      ),

    async unpublishOwnMicrosite(id: string, ownerId: string): Promise<Microsite | undefined> {
      const changes = { published: null, publishedAt: null };
      const [microsite] = await db.update(microsites).set(changes).where(own(id, ownerId)).returning(summary);
      return microsite;
    },

    /** @returns the slug that nothing is found under any more. */
    async deleteOwnMicrosite(id: string, ownerId: string): Promise<string | undefined> {
      const [deleted] = await db.delete(microsites).where(own(id, ownerId)).returning({ slug: microsites.slug });
      return deleted?.slug;
    },

    /** @returns the slugs that nothing is found under any more. */
    async deleteOwner(id: string): Promise<string[]> {
      return db.transaction(async (transaction) => {
        const deleted = await transaction
          .delete(microsites)
          .where(eq(microsites.ownerId, id))
          .returning({ slug: microsites.slug });
        await transaction.delete(owners).where(eq(owners.id, id));
        return deleted.map(({ slug }) => slug);
      });
    },
  });
}

function own(id: string, ownerId: string) {
  return and(eq(microsites.id, id), eq(microsites.ownerId, ownerId));
}
