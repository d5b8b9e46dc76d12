import Type, { type Static } from 'typebox';
import type { Code } from './store.ts';

export const generateBody = Type.Object({
  type: Type.Literal('url'),
  destinationUrl: Type.String({ minLength: 1, maxLength: 2048 }),
  // PostgreSQL refuses NUL in a text, and no control character belongs in a title.
  title: Type.Optional(Type.String({ maxLength: 120, pattern: '^\\P{Cc}*$' })),
  // Its size is checked with the rest of it, which can say in bytes what is too much.
  logo: Type.Optional(Type.String()),
});

/** What other services ask for may be anything that was printed into a code: what is not ours is unknown, not malformed. */
export const anyIdParams = Type.Object({ id: Type.String({ maxLength: 64 }) });

export const idParams = Type.Object({ id: Type.String({ pattern: '^[A-Za-z0-9_-]{12}$' }) });

/** The smallest size leaves a pixel or more a module; the largest prints 17 cm wide at 300 dpi. */
export const imageQuery = Type.Partial(
  Type.Object({
    size: Type.Integer({ minimum: 128, maximum: 2048 }),
    color: Type.String({ pattern: '^[0-9A-Fa-f]{6}$' }),
    level: Type.Union([Type.Literal('L'), Type.Literal('M'), Type.Literal('Q'), Type.Literal('H')]),
  }),
  { additionalProperties: false },
);

export const pageQuery = Type.Object({
  limit: Type.Integer({ minimum: 1, maximum: 100, default: 100 }),
  offset: Type.Integer({ minimum: 0, maximum: 1_000_000, default: 0 }),
});

const code = Type.Object({
  id: Type.String(),
  type: Type.Literal('url'),
  title: Type.Union([Type.String(), Type.Null()]),
  destinationUrl: Type.String(),
  scanUrl: Type.String(),
  pngUrl: Type.String(),
  svgUrl: Type.String(),
  hasCustomLogo: Type.Boolean(),
  status: Type.Union([Type.Literal('active'), Type.Literal('disabled')]),
  createdAt: Type.String({ format: 'date-time' }),
});

const updates = {
  destinationUrl: Type.String({ minLength: 1, maxLength: 2048 }),
  title: Type.Union([Type.String({ maxLength: 120, pattern: '^\\P{Cc}*$' }), Type.Null()]),
  status: Type.Union([Type.Literal('active'), Type.Literal('disabled')]),
};

/** At least one of them; an unknown key is more likely a mistake than a wish. */
export const updateBody = Type.Partial(Type.Object(updates), { minProperties: 1, additionalProperties: false });

export const codeReply = code;
export const createdReply = Type.Interface([code], { isFirst: Type.Boolean() });
export const listReply = Type.Object({ items: Type.Array(code), total: Type.Integer() });

export const internalReply = Type.Object({
  id: Type.String(),
  ownerId: Type.String(),
  destinationUrl: Type.String(),
  status: Type.Union([Type.Literal('active'), Type.Literal('disabled')]),
});

/** What the owner sees of a code; image addresses are relative to this service. */
export function toCodeReply(
  { id, type, title, destinationUrl, hasCustomLogo, status, createdAt }: Code,
  scanUrl: string,
): Static<typeof codeReply> {
  return {
    id,
    type,
    title,
    destinationUrl,
    scanUrl,
    pngUrl: `/qr/${id}/image.png`,
    svgUrl: `/qr/${id}/image.svg`,
    hasCustomLogo,
    status,
    createdAt: createdAt.toISOString(),
  };
}
