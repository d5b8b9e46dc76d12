import { randomBytes } from 'node:crypto';
import { AppError, decodeCursor, encodeCursor, type Session } from '@qr/common/server';
import type { Static } from 'typebox';
import { micrositeUrl, type Pages } from './pages.ts';
import { type createBody, type Link, MAX_URL_LENGTH, type updateBody } from './schemas.ts';
import type { Microsite, MicrositeChanges, Store } from './store.ts';

/** Whose a new microsite is, and on which plan. */
type Owner = Pick<Session, 'userId' | 'plan'>;

/** A part of a list. */
interface MicrositeList {
  readonly items: readonly Microsite[];
  /** Asks for the next part; `null` at the end. */
  readonly nextCursor: string | null;
  readonly total: number;
}

// Parsers silently delete tabs and line breaks, so that what is shown to a person would not be where the link leads.
const BLANK_OR_CONTROL = /[\s\p{Cc}]/u;

/** How many microsites an account may have at a time. */
const MAX_MICROSITES: Readonly<Record<Session['plan'], number>> = { free: 3, pro: 50, business: 1000 };

/** The rules of microsites. Everything is answered for one owner; the microsites of others do not exist for them. */
export type Microsites = ReturnType<typeof createMicrosites>;

export interface MicrositesOptions {
  readonly store: Store;
  readonly pages: Pages;
  /** Origin under which visitors reach microsites. */
  readonly micrositeBaseUrl: string;
  readonly now: () => number;
}

export function createMicrosites({ store, pages, micrositeBaseUrl, now }: MicrositesOptions) {
  /** @throws AppError 404 */
  async function get(ownerId: string, id: string): Promise<Microsite> {
    return (await store.findOwnMicrosite(id, ownerId)) ?? notFound();
  }

  return {
    get,

    /** @throws AppError 400 that names the wrong field, 402 when the owner's plan has no room for another, 409 when the slug is taken. */
    async create(
      { userId, plan }: Owner,
      { title, slug = newSlug(), description, links = [] }: Static<typeof createBody>,
    ): Promise<Microsite> {
      const createdAt = new Date(now());
      const microsite = {
        id: newId(),
        ownerId: userId,
        slug,
        title: title.trim(),
        description: description?.trim() || null,
        links: checkLinks(links),
        createdAt,
        updatedAt: createdAt,
      };
      const insertion = await store.insertMicrosite(microsite, MAX_MICROSITES[plan]);
      if ('microsite' in insertion) return insertion.microsite;
      throw insertion.refused === 'slug_taken' ? slugTaken() : noRoom(plan);
    },

    /** @throws AppError 400 for a cursor that is none. */
    async list(
      ownerId: string,
      { limit, cursor }: { readonly limit: number; readonly cursor?: string },
    ): Promise<MicrositeList> {
      const after = cursor === undefined ? undefined : decodeCursor(cursor);
      // One more tells whether there is a next part.
      const { items, total } = await store.listMicrosites(ownerId, { limit: limit + 1, after });
      const page = items.slice(0, limit);
      const last = page.at(-1);
      return { items: page, nextCursor: last && items.length > limit ? encodeCursor(last) : null, total };
    },

    /** @throws AppError 400 that names the wrong field, 404. */
    async update(
      ownerId: string,
      id: string,
      { title, description, links }: Static<typeof updateBody>,
    ): Promise<Microsite> {
      const changes: MicrositeChanges = {
        ...(title !== undefined && { title: title.trim() }),
        ...(description !== undefined && { description: description?.trim() || null }),
        ...(links !== undefined && { links: checkLinks(links) }),
      };
      return (await store.updateOwnMicrosite(id, ownerId, { ...changes, updatedAt: new Date(now()) })) ?? notFound();
    },

    /** Shows visitors the draft as it is now. @throws AppError 404, 409 when it has no links. */
    async publish(ownerId: string, id: string): Promise<Microsite> {
      const microsite = await store.publishOwnMicrosite(id, ownerId, new Date(now()));
      if (!microsite) {
        await get(ownerId, id);
        throw noLinks();
      }
      pages.drop(microsite.slug);
      return microsite;
    },

    /** @throws AppError 404 */
    async unpublish(ownerId: string, id: string): Promise<Microsite> {
      const microsite = (await store.unpublishOwnMicrosite(id, ownerId)) ?? notFound();
      pages.drop(microsite.slug);
      return microsite;
    },

    /** @throws AppError 404 */
    async remove(ownerId: string, id: string): Promise<void> {
      pages.drop((await store.deleteOwnMicrosite(id, ownerId)) ?? notFound());
    },

    async removeAll(ownerId: string): Promise<void> {
      for (const slug of await store.deleteOwner(ownerId)) pages.drop(slug);
    },

    /** Where visitors find a microsite. */
    url: ({ slug }: Microsite) => micrositeUrl(micrositeBaseUrl, slug),
  };
}

/** 72 random bits: hopeless to guess. */
function newId(): string {
  return randomBytes(9).toString('base64url');
}

/** For owners who choose none: 48 random bits, easy to type and unlikely to collide. */
function newSlug(): string {
  return randomBytes(6).toString('hex');
}

function notFound(): never {
  throw new AppError({ statusCode: 404, code: 'not_found', message: 'You have no such microsite.' });
}

function slugTaken(): AppError {
  return new AppError({
    statusCode: 409,
    code: 'slug_taken',
    message: 'There is already a microsite under this slug: choose another one.',
    field: 'slug',
  });
}

function noLinks(): AppError {
  return new AppError({
    statusCode: 409,
    code: 'no_links',
    message: 'The microsite has no links: add one, then publish it.',
    field: 'links',
  });
}

function noRoom(plan: Session['plan']): AppError {
  return new AppError({
    statusCode: 402,
    code: 'plan_limit',
    message: `The plan ${plan} has room for ${MAX_MICROSITES[plan]} microsites: delete one, or move to a larger plan.`,
  });
}

/**
 * Links as they are kept: to absolute web addresses without credentials, in their normal form, ASCII only.
 *
 * @throws AppError 400 that names the wrong address, such as `links.2.url`.
 */
function checkLinks(links: readonly Link[]): Link[] {
  return links.map(({ label, url }, index) => ({ label: label.trim(), url: checkUrl(url, `links.${index}.url`) }));
}

function checkUrl(value: string, field: string): string {
  if (BLANK_OR_CONTROL.test(value)) refuse(field, 'must not contain spaces or line breaks');
  if (!/^https?:\/\//i.test(value) || !URL.canParse(value))
    refuse(field, 'must be an address that begins with http:// or https://');
  const { username, password, href } = new URL(value);
  if (username !== '' || password !== '') refuse(field, 'must not contain a user name or password');
  if (href.length > MAX_URL_LENGTH)
    refuse(field, `must be at most ${MAX_URL_LENGTH} characters, other letters encoded`);
  return href;
}

function refuse(field: string, reason: string): never {
  throw new AppError({ code: 'invalid_link', message: `${field} ${reason}`, field });
}
