import Type, { type Static } from 'typebox';
import { vcardSchema, wifiSchema } from './contents/content.ts';
import { DEFAULT_COLOR, defaultLevel } from './image.ts';
import type { Code } from './store.ts';

const type = Type.Union([Type.Literal('url'), Type.Literal('wifi'), Type.Literal('vcard'), Type.Literal('microsite')]);

const color = Type.String({ pattern: '^[0-9A-Fa-f]{6}$', description: 'Of the dark modules.' });
const level = Type.Union([Type.Literal('L'), Type.Literal('M'), Type.Literal('Q'), Type.Literal('H')], {
  description: 'Error correction.',
});

export const generateBody = Type.Object({
  type,
  // Which of these four a type needs is checked with what it says: a schema of alternatives could not name the one field that is wrong.
  destinationUrl: Type.Optional(Type.String({ maxLength: 2048 })),
  wifi: Type.Optional(wifiSchema),
  vcard: Type.Optional(vcardSchema),
  micrositeId: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9_-]{12}$' })),
  // PostgreSQL refuses NUL in a text, and no control character belongs in a title.
  title: Type.Optional(Type.String({ maxLength: 120, pattern: '^[^\\p{Cc}\\p{Cs}]*$' })),
  // Its size is checked with the rest of it, which can say in bytes what is too much.
  logo: Type.Optional(Type.String()),
  color: Type.Optional(color),
  level: Type.Optional(level),
  forwardsQuery: Type.Optional(Type.Boolean()),
});

/** What other services ask for may be anything that was printed into a code: what is not ours is unknown, not malformed. */
export const anyIdParams = Type.Object({ id: Type.String({ maxLength: 64 }) });

export const idParams = Type.Object({ id: Type.String({ pattern: '^[A-Za-z0-9_-]{12}$' }) });

/** The smallest size leaves a pixel or more a module; the largest prints 17 cm wide at 300 dpi. */
export const imageQuery = Type.Partial(
  Type.Object({
    size: Type.Integer({ minimum: 128, maximum: 2048 }),
    color,
    level,
  }),
  { additionalProperties: false },
);

// The format refuses days that do not exist, the pattern years that a database does not know.
const day = Type.String({ format: 'date', pattern: '^[12]\\d{3}-', description: 'A day in UTC, such as 2026-03-01.' });

export const listQuery = Type.Object({
  limit: Type.Integer({ minimum: 1, maximum: 100, default: 100 }),
  cursor: Type.Optional(Type.String({ maxLength: 1000 })),
  // Words that all occur in a title, a destination, or the name of a network or card.
  search: Type.Optional(Type.String({ maxLength: 100, pattern: '^[^\\p{Cc}\\p{Cs}]*$' })),
  sort: Type.Union([Type.Literal('newest'), Type.Literal('oldest'), Type.Literal('title')], { default: 'newest' }),
  from: Type.Optional(day),
  to: Type.Optional(day),
});

const code = Type.Object({
  id: Type.String(),
  type,
  title: Type.Union([Type.String(), Type.Null()]),
  destinationUrl: Type.Union([Type.String(), Type.Null()]),
  wifi: Type.Optional(wifiSchema),
  vcard: Type.Optional(vcardSchema),
  micrositeId: Type.Optional(Type.String()),
  scanUrl: Type.Union([Type.String(), Type.Null()]),
  pngUrl: Type.String(),
  svgUrl: Type.String(),
  hasCustomLogo: Type.Boolean(),
  color: Type.String(),
  level,
  forwardsQuery: Type.Boolean(),
  status: Type.Union([Type.Literal('active'), Type.Literal('disabled')]),
  createdAt: Type.String({ format: 'date-time' }),
});

const updates = {
  destinationUrl: Type.String({ minLength: 1, maxLength: 2048 }),
  title: Type.Union([Type.String({ maxLength: 120, pattern: '^[^\\p{Cc}\\p{Cs}]*$' }), Type.Null()]),
  status: Type.Union([Type.Literal('active'), Type.Literal('disabled')]),
  color,
  level,
  forwardsQuery: Type.Boolean(),
};

/** At least one of them; an unknown key is more likely a mistake than a wish. */
export const updateBody = Type.Partial(Type.Object(updates), { minProperties: 1, additionalProperties: false });

export const codeReply = code;
export const createdReply = Type.Interface([code], { isFirst: Type.Boolean() });
export const listReply = Type.Object({
  items: Type.Array(code),
  total: Type.Integer(),
  nextCursor: Type.Union([Type.String(), Type.Null()]),
});

export const internalReply = Type.Object({
  id: Type.String(),
  ownerId: Type.String(),
  destinationUrl: Type.Union([Type.String(), Type.Null()]),
  status: Type.Union([Type.Literal('active'), Type.Literal('disabled')]),
  forwardsQuery: Type.Boolean(),
});

/** What the owner sees of a code; image addresses are relative to this service. */
export function toCodeReply(
  { id, type, title, destinationUrl, content, hasCustomLogo, color, level, forwardsQuery, status, createdAt }: Code,
  scanUrl: string | null,
): Static<typeof codeReply> {
  return {
    id,
    type,
    title,
    destinationUrl,
    ...content,
    scanUrl,
    pngUrl: `/qr/${id}/image.png`,
    svgUrl: `/qr/${id}/image.svg`,
    hasCustomLogo,
    color: color ?? DEFAULT_COLOR,
    level: level ?? defaultLevel(hasCustomLogo),
    forwardsQuery,
    status,
    createdAt: createdAt.toISOString(),
  };
}
