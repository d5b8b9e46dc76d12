import { boolean, customType, integer, jsonb, pgSchema, text, timestamp } from 'drizzle-orm/pg-core';
import type { Vcard } from './contents/vcard.ts';
import type { Wifi } from './contents/wifi.ts';

const qr = pgSchema('qr');
const bytea = customType<{ data: Buffer }>({ dataType: () => 'bytea' });

/** What a code holds beside an address, under the name of the field that gave it. */
export type Content = { readonly wifi: Wifi } | { readonly vcard: Vcard } | { readonly micrositeId: string };

export const codes = qr.table('codes', {
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

export const owners = qr.table('owners', {
  id: text().primaryKey(),
  codesCreated: integer('codes_created').notNull(),
});
