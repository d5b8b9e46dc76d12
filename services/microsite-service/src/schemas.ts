import Type, { type Static } from 'typebox';
import type { Microsite } from './store.ts';

/** Of an address in its normal form, too, which may be several times as long as what was typed. */
export const MAX_URL_LENGTH = 2048;

// PostgreSQL refuses NUL in a text and halves of characters in JSON, and no control character belongs in a line of text.
const line = '[^\\p{Cc}\\p{Cs}]*$';
const text = `^${line}`;
const textThatShows = `^(?=.*\\S)${line}`;

/** 3 to 50 characters that stand in an address as they are, and that nobody mistypes by their case. */
const slug = Type.String({ pattern: '^[a-z0-9][a-z0-9-]{1,48}[a-z0-9]$' });
const title = Type.String({ minLength: 1, maxLength: 120, pattern: textThatShows });
const description = Type.String({ maxLength: 300, pattern: text });
const link = Type.Object(
  {
    label: Type.String({ minLength: 1, maxLength: 80, pattern: textThatShows }),
    url: Type.String({ minLength: 1, maxLength: MAX_URL_LENGTH }),
  },
  { additionalProperties: false },
);
/** What a visitor can follow. */
export type Link = Static<typeof link>;
const links = Type.Array(link, { maxItems: 50 });

// An unknown key is more likely a mistake than a wish.
export const createBody = Type.Object(
  {
    title,
    slug: Type.Optional(slug),
    description: Type.Optional(description),
    links: Type.Optional(links),
  },
  { additionalProperties: false },
);

/** At least one of them. */
export const updateBody = Type.Partial(
  Type.Object({ title, description: Type.Union([description, Type.Null()]), links }),
  { minProperties: 1, additionalProperties: false },
);

export const idParams = Type.Object({ id: Type.String({ pattern: '^[A-Za-z0-9_-]{12}$' }) });

/** To other services what is not ours is unknown, not malformed. */
export const anyIdParams = Type.Object({ id: Type.String({ maxLength: 64 }) });

export const pageQuery = Type.Object({
  limit: Type.Integer({ minimum: 1, maximum: 100, default: 50 }),
  cursor: Type.Optional(Type.String({ maxLength: 100 })),
});

export const viewParams = Type.Object({ slug });

/** Whatever stands in an address that someone passed on, the page shows. */
export const viewQuery = Type.Object({ qr: Type.Optional(Type.Unknown()) });

const status = Type.Union([Type.Literal('draft'), Type.Literal('published')]);
const time = Type.String({ format: 'date-time' });

export const micrositeReply = Type.Object({
  id: Type.String(),
  slug: Type.String(),
  title: Type.String(),
  description: Type.Union([Type.String(), Type.Null()]),
  links: Type.Array(Type.Object({ label: Type.String(), url: Type.String() })),
  status,
  hasUnpublishedChanges: Type.Boolean(),
  url: Type.String(),
  createdAt: time,
  updatedAt: time,
  publishedAt: Type.Union([time, Type.Null()]),
});

export const listReply = Type.Object({
  items: Type.Array(micrositeReply),
  nextCursor: Type.Union([Type.String(), Type.Null()]),
  total: Type.Integer(),
});

export const internalReply = Type.Object({ id: Type.String(), ownerId: Type.String(), slug: Type.String(), status });

/** Whether visitors see it. */
export function statusOf({ publishedAt }: Pick<Microsite, 'publishedAt'>): Static<typeof status> {
  return publishedAt ? 'published' : 'draft';
}

/** What the owner sees of a microsite. */
export function toMicrositeReply(microsite: Microsite, url: string): Static<typeof micrositeReply> {
  const { id, slug, title, description, links, hasUnpublishedChanges, createdAt, updatedAt, publishedAt } = microsite;
  return {
    id,
    slug,
    title,
    description,
    links: [...links],
    status: statusOf(microsite),
    hasUnpublishedChanges,
    url,
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
    publishedAt: publishedAt?.toISOString() ?? null,
  };
}
