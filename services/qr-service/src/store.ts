import { type Database, firstRow, withoutValues } from '@qr/database';
import { and, asc, count, desc, eq, getTableColumns, type SQL, sql } from 'drizzle-orm';
import { boolean, customType, integer, jsonb, pgSchema, text, timestamp } from 'drizzle-orm/pg-core';
import type { ListRequest } from './codes.ts';
import type { Vcard, Wifi } from './contents/content.ts';

const qr = pgSchema('qr');
const bytea = customType<{ data: Buffer }>({ dataType: () => 'bytea' });

/** What a code holds beside an address, under the name of the field that gave it. */
export type Content = { readonly wifi: Wifi } | { readonly vcard: Vcard } | { readonly micrositeId: string };

const codes = qr.table('codes', {
  id: text().primaryKey(),
  ownerId: text('owner_id').notNull(),
  type: text().$type<'url' | 'wifi' | 'vcard' | 'microsite'>().notNull(),
  title: text(),
  /** Null for what a phone reads from the code itself. */
  destinationUrl: text('destination_url'),
  content: jsonb().$type<Content>(),
  status: text().$type<'active' | 'disabled'>().notNull().default('active'),
  logo: bytea(),
  /** Of the dark modules, as `rrggbb` in small letters; null for black. */
  color: text(),
  /** Error correction; null for the default. */
  level: text().$type<'L' | 'M' | 'Q' | 'H'>(),
  /** Whether a scan passes all its parameters on to the destination, not only `utm_*`. */
  forwardsQuery: boolean('forwards_query').notNull().default(false),
  createdAt: timestamp('created_at', { withTimezone: true }).notNull(),
});

const owners = qr.table('owners', {
  id: text().primaryKey(),
  codesCreated: integer('codes_created').notNull(),
});

/** A code as it is first written. */
export type NewCode = Omit<typeof codes.$inferSelect, 'status'>;
/** A code without the bytes of its logo, which lists need not carry. */
export type Code = Omit<typeof codes.$inferSelect, 'logo'> & { readonly hasCustomLogo: boolean };

/** What may change of a code; what it says stays, as it is printed. */
export type CodeChanges = Partial<
  Pick<Code, 'title' | 'status' | 'color' | 'level' | 'forwardsQuery'> & { readonly destinationUrl: string }
>;

const { logo: _logo, ...columns } = getTableColumns(codes);
const summary = { ...columns, hasCustomLogo: sql<boolean>`${codes.logo} is not null` };

/** What this service keeps. */
export type Store = ReturnType<typeof createStore>;

/** The queries of this service. */
export function createStore(db: Database['db']) {
  return withoutValues({
    /**
     * @param maxCodes how many the owner may have.
     * @returns also how many codes the owner ever made, this one included; `undefined` when there is no room for it.
     */
    insertCode(code: NewCode, maxCodes: number): Promise<{ code: Code; codesCreated: number } | undefined> {
      return db.transaction(async (transaction) => {
        // The row of the owner is locked until the end, so that of two first codes only one counts as the first, and two last ones do not
        // both find room.
        await transaction.insert(owners).values({ id: code.ownerId, codesCreated: 0 }).onConflictDoNothing();
        await transaction.select().from(owners).where(eq(owners.id, code.ownerId)).for('update');
        const [has] = await transaction.select({ codes: count() }).from(codes).where(eq(codes.ownerId, code.ownerId));
        if ((has?.codes ?? 0) >= maxCodes) return undefined;
        const [owner] = await transaction
          .update(owners)
          .set({ codesCreated: sql`${owners.codesCreated} + 1` })
          .where(eq(owners.id, code.ownerId))
          .returning();
        const [inserted] = await transaction.insert(codes).values(code).returning(summary);
        if (!owner || !inserted) throw new Error('The database returned no row for an insert');
        return { code: inserted, codesCreated: owner.codesCreated };
      });
    },

    /** From behind the cursor. @returns also how many match in all, and the name by which each is sorted. */
    async listCodes(
      ownerId: string,
      { limit, ...request }: ListRequest & { readonly limit: number },
    ): Promise<{ items: (Code & { readonly sortName: string })[]; total: number }> {
      const { matches, isBehindCursor, order, sortName } = listQueryOf(request);
      const found = and(eq(codes.ownerId, ownerId), matches);
      const items = await db
        .select({ ...summary, sortName })
        .from(codes)
        .where(and(found, isBehindCursor))
        .orderBy(...order)
        .limit(limit);
      const [counted] = await db.select({ total: count() }).from(codes).where(found);
      return { items, total: counted?.total ?? 0 };
    },

    findCode: (id: string) => firstRow(db.select(summary).from(codes).where(eq(codes.id, id))),

    findOwnCode: (id: string, ownerId: string) => firstRow(db.select(summary).from(codes).where(own(id, ownerId))),

    updateOwnCode: (id: string, ownerId: string, changes: CodeChanges) =>
      firstRow(db.update(codes).set(changes).where(own(id, ownerId)).returning(summary)),

    async deleteOwnCode(id: string, ownerId: string): Promise<boolean> {
      const deleted = await db.delete(codes).where(own(id, ownerId)).returning({ id: codes.id });
      return deleted.length > 0;
    },

    async deleteOwner(id: string): Promise<void> {
      await db.transaction(async (transaction) => {
        await transaction.delete(codes).where(eq(codes.ownerId, id));
        await transaction.delete(owners).where(eq(owners.id, id));
      });
    },

    /** What its picture is drawn from. */
    async findOwnPicture(
      id: string,
      ownerId: string,
    ): Promise<Pick<NewCode, 'id' | 'destinationUrl' | 'content' | 'logo' | 'color' | 'level'> | undefined> {
      const { logo, color, level } = codes;
      const [code] = await db
        .select({ id: codes.id, destinationUrl, content, logo, color, level })
        .from(codes)
        .where(own(id, ownerId));
      return code;
    },
  });
}

function own(id: string, ownerId: string) {
  return and(eq(codes.id, id), eq(codes.ownerId, ownerId));
}

/** Characters of a name that count in its order. */
const SORTED_LENGTH = 60;
const { title, destinationUrl, content, createdAt, id } = codes;

/** What people know a network or a card by. The password of a network is not searched. */
const heldNames = sql`concat_ws(' ', ${content} #>> '{wifi,ssid}', ${content} #>> '{vcard,firstName}',
  ${content} #>> '{vcard,lastName}', ${content} #>> '{vcard,organization}')`;
/** As the app names a code: by its title, else by what it holds, else by where it leads. */
const sortName = sql<string>`left(lower(coalesce(${title}, nullif(${heldNames}, ''),
  regexp_replace(${destinationUrl}, '^https?://', ''), '')), ${SORTED_LENGTH})`;

/** Conditions and order of a list. */
function listQueryOf({ words, sort, since, before, after }: ListRequest) {
  const text = sql`concat_ws(' ', ${title}, ${destinationUrl}, ${heldNames})`;
  const matches = and(
    ...words.map((word) => sql`${text} ilike ${`%${word.replace(/[\\%_]/g, '\\$&')}%`}`),
    since && sql`${createdAt} >= ${since.toISOString()}`,
    before && sql`${createdAt} < ${before.toISOString()}`,
  );
  return { matches, isBehindCursor: after && behind(after, sort), order: orderOf(sort), sortName };
}

function behind(after: NonNullable<ListRequest['after']>, sort: ListRequest['sort']): SQL {
  if ('name' in after) return sql`(${sortName}, ${id}) > (${after.name}, ${after.id})`;
  const place = sql`(${after.createdAt.toISOString()}::timestamptz, ${after.id})`;
  return sort === 'oldest' ? sql`(${createdAt}, ${id}) > ${place}` : sql`(${createdAt}, ${id}) < ${place}`;
}

function orderOf(sort: ListRequest['sort']): SQL[] {
  if (sort === 'title') return [asc(sortName), asc(id)];
  return sort === 'oldest' ? [asc(createdAt), asc(id)] : [desc(createdAt), desc(id)];
}
