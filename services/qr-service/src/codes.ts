import { randomBytes } from 'node:crypto';
import { AppError, type Cursor, decodeCursor, encodeCursor, type Session } from '@qr/common/server';
import type { Static } from 'typebox';
import type { Contents } from './contents/content.ts';
import type { CheckDestination } from './contents/destination.ts';
import type { DrawingQueue } from './drawing-queue.ts';
import { checkReadable, drawPng, drawSvg, type ImageOptions, readLogo } from './image.ts';
import type { generateBody, listQuery, updateBody } from './schemas.ts';
import type { Code, CodeChanges, Store } from './store.ts';

/** What a person gives to make a code. */
type CodeRequest = Static<typeof generateBody>;

/** Whose a new code is, and on which plan. */
type Owner = Pick<Session, 'userId' | 'plan'>;

/** What a person wants to be different. */
type CodeUpdate = Static<typeof updateBody>;

/** A page of codes, and how many there are in all. */
interface CodeList {
  readonly items: readonly Code[];
  readonly total: number;
  /** Where the next page begins; `null` behind the last. */
  readonly nextCursor: string | null;
}

/** How many codes an account may have at a time. */
const MAX_CODES: Readonly<Record<Session['plan'], number>> = { free: 10, pro: 1000, business: 100_000 };

/**
 * The rules of codes. Everything is answered for one owner; the codes of others do not exist for them. What reads a logo or draws a PNG waits for
 * its turn, and is refused as {@link DrawingQueue} says.
 */
export type Codes = ReturnType<typeof createCodes>;

interface CodesOptions {
  readonly store: Store;
  readonly contents: Contents;
  readonly checkDestination: CheckDestination;
  readonly drawings: DrawingQueue;
  readonly now: () => number;
}

export function createCodes({ store, contents, checkDestination, drawings, now }: CodesOptions) {
  const logoOf = async (ownerId: string, logo: string | undefined): Promise<Buffer | null> =>
    logo === undefined ? null : drawings.run(ownerId, () => readLogo(logo));

  return {
    /** @throws AppError 400 that names the wrong field, 402 when the plan of the owner has no room for another. */
    async create(
      { userId, plan }: Owner,
      { title, logo, color, level, forwardsQuery = false, ...request }: CodeRequest,
    ): Promise<{ readonly code: Code; readonly codesCreated: number }> {
      const id = newId();
      if (forwardsQuery && isReadByPhones(request.type)) refuseChange('forwardsQuery', request.type);
      checkReadable({ color, level }, logo !== undefined);
      const code = {
        id,
        ownerId: userId,
        type: request.type,
        title: title?.trim() || null,
        ...(await contents.check(userId, id, request)),
        logo: await logoOf(userId, logo),
        color: color?.toLowerCase() ?? null,
        level: level ?? null,
        forwardsQuery,
        createdAt: new Date(now()),
      };
      const created = await store.insertCode(code, MAX_CODES[plan]);
      if (created) return created;
      throw new AppError({
        statusCode: 402,
        code: 'plan_limit',
        message: `The plan ${plan} has room for ${MAX_CODES[plan]} codes: delete one, or move to a larger plan.`,
      });
    },

    /** Draws an SVG of what would be made, which is not kept. @throws AppError 400 that names the wrong field. */
    async preview(ownerId: string, { logo, color, level, ...request }: CodeRequest): Promise<string> {
      const id = newId();
      checkReadable({ color, level }, logo !== undefined);
      const checked = await contents.check(ownerId, id, request);
      const picture = await logoOf(ownerId, logo);
      return drawSvg(contents.printed({ id, ...checked }), picture, { color, level });
    },

    /** @throws AppError 400 that names the wrong field, 404. */
    async update(
      ownerId: string,
      id: string,
      { destinationUrl, title, status, color, level, forwardsQuery }: CodeUpdate,
    ): Promise<Code> {
      const { type, hasCustomLogo } = (await store.findOwnCode(id, ownerId)) ?? notFound();
      if (destinationUrl !== undefined && type !== 'url') refuseChange('destinationUrl', type);
      if (status !== undefined && isReadByPhones(type)) refuseChange('status', type);
      if (forwardsQuery !== undefined && isReadByPhones(type)) refuseChange('forwardsQuery', type);
      checkReadable({ color, level }, hasCustomLogo);
      const changes: CodeChanges = {
        ...(destinationUrl !== undefined && { destinationUrl: checkDestination(destinationUrl) }),
        ...(title !== undefined && { title: title?.trim() || null }),
        ...(status !== undefined && { status }),
        ...(color && { color: color.toLowerCase() }),
        ...(level !== undefined && { level }),
        ...(forwardsQuery !== undefined && { forwardsQuery }),
      };
      return (await store.updateOwnCode(id, ownerId, changes)) ?? notFound();
    },

    /** @throws AppError 404 */
    async remove(ownerId: string, id: string): Promise<void> {
      if (!(await store.deleteOwnCode(id, ownerId))) notFound();
    },

    /** @throws AppError 400 for a cursor that is none, or days in the wrong order. */
    async list(ownerId: string, { limit, ...filter }: ListFilter & { readonly limit: number }): Promise<CodeList> {
      const request = readListRequest(filter);
      // One more than wanted says whether there is another page.
      const { items, total } = await store.listCodes(ownerId, { limit: limit + 1, ...request });
      const page = items.slice(0, limit);
      const last = items.length > limit ? page.at(-1) : undefined;
      return { items: page, total, nextCursor: last ? cursorBehind(last, request.sort) : null };
    },

    /** @throws AppError 404 */
    async get(ownerId: string, id: string): Promise<Code> {
      return (await store.findOwnCode(id, ownerId)) ?? notFound();
    },

    /** @throws AppError 404; 400 for a look that scanners could not read. */
    async image(ownerId: string, id: string, format: 'png' | 'svg', options: ImageOptions): Promise<Buffer | string> {
      const { logo, color, level, ...code } = (await store.findOwnPicture(id, ownerId)) ?? notFound();
      checkReadable(options, logo !== null);
      const printed = contents.printed(code);
      const look = { color, level, ...options };
      // An SVG is a text: nothing is rasterised.
      if (format === 'svg') return drawSvg(printed, logo, look);
      return drawings.run(ownerId, () => drawPng(printed, logo, look));
    },
  };
}

/** 72 random bits: short in print, and hopeless to guess. */
function newId(): string {
  return randomBytes(9).toString('base64url');
}

/** Whether phones read the content from the code itself, so that no scan passes through the platform. */
function isReadByPhones(type: Code['type']): type is 'wifi' | 'vcard' {
  return type === 'wifi' || type === 'vcard';
}

const WHY_UNCHANGEABLE = {
  wifi: 'phones read the network from the code itself: make a new code',
  vcard: 'phones read the card from the code itself: make a new code',
  microsite: 'it leads to its microsite: edit that',
} as const;

/** @throws AppError 400 */
function refuseChange(field: string, type: keyof typeof WHY_UNCHANGEABLE): never {
  const message = `${field} of a code of type ${type} cannot be changed, as ${WHY_UNCHANGEABLE[type]}`;
  throw new AppError({ code: 'not_changeable', message, field });
}

function notFound(): never {
  throw new AppError({ statusCode: 404, code: 'not_found', message: 'You have no such code.' });
}

/** Which codes a person asks for, and in which order. */
type ListFilter = Omit<Static<typeof listQuery>, 'limit'>;

/** Where a page of names ended. */
interface NameCursor {
  readonly name: string;
  readonly id: string;
}

/** The same for the database. */
export interface ListRequest {
  readonly words: readonly string[];
  readonly sort: ListFilter['sort'];
  readonly since: Date | undefined;
  readonly before: Date | undefined;
  readonly after: Cursor | NameCursor | undefined;
}

const DAY_MS = 86_400_000;

/** @throws AppError 400 that names the field. */
function readListRequest({ search = '', sort, from, to, cursor }: ListFilter): ListRequest {
  if (from !== undefined && to !== undefined && from > to)
    throw new AppError({ code: 'invalid_period', message: `from must not be after to, which is ${to}`, field: 'from' });
  return {
    words: search.split(/\s+/).filter(Boolean),
    sort,
    since: from === undefined ? undefined : new Date(from),
    before: to === undefined ? undefined : new Date(Date.parse(to) + DAY_MS),
    after: cursor === undefined ? undefined : sort === 'title' ? decodeNameCursor(cursor) : decodeCursor(cursor),
  };
}

/** The cursor that leads behind a code. */
function cursorBehind(code: Cursor & { readonly sortName: string }, sort: ListFilter['sort']): string {
  if (sort !== 'title') return encodeCursor(code);
  return Buffer.from(`${code.id} ${code.sortName}`).toString('base64url');
}

/** @throws AppError 400 */
function decodeNameCursor(text: string): NameCursor {
  const [, id, name] = /^([\w-]{1,64}) ([^\p{Cc}\p{Cs}]*)$/u.exec(Buffer.from(text, 'base64url').toString()) ?? [];
  if (id !== undefined && name !== undefined) return { id, name };
  const message = 'cursor must be a nextCursor of this list in the same order; leave it out to begin at the start';
  throw new AppError({ code: 'invalid_cursor', message, field: 'cursor' });
}
