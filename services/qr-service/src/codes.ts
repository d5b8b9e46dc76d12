import { randomBytes } from 'node:crypto';
import { AppError, type Session } from '@qr/common';
import { checkDestination } from './destination.ts';
import { drawPng, drawSvg, type ImageOptions } from './image.ts';
import { readLogo } from './logo.ts';
import { checkReadable } from './readable.ts';
import type { Code, CodeChanges, Store } from './store.ts';

/** What a person gives to make a code. */
interface CodeRequest {
  readonly type: 'url';
  readonly destinationUrl: string;
  readonly title?: string;
  readonly logo?: string;
}

/** Whose a new code is, and on which plan. */
type Owner = Pick<Session, 'userId' | 'plan'>;

/** What a person wants to be different. */
interface CodeUpdate {
  readonly destinationUrl?: string;
  readonly title?: string | null;
  readonly status?: Code['status'];
}

/** How many codes an account may have at a time. */
const MAX_CODES: Readonly<Record<Session['plan'], number>> = { free: 10, pro: 1000, business: 100_000 };

/** The rules of codes. Everything is answered for one owner; the codes of others do not exist for them. */
export interface Codes {
  /** @throws AppError 400 that names the wrong field, 402 when the plan of the owner has no room for another. */
  create(owner: Owner, request: CodeRequest): Promise<{ readonly code: Code; readonly codesCreated: number }>;
  list(ownerId: string, page: { readonly limit: number; readonly offset: number }): ReturnType<Store['listCodes']>;
  /** @throws AppError 404 */
  get(ownerId: string, id: string): Promise<Code>;
  /** @throws AppError 400 that names the wrong field, 404. */
  update(ownerId: string, id: string, changes: CodeUpdate): Promise<Code>;
  /** @throws AppError 404 */
  remove(ownerId: string, id: string): Promise<void>;
  /** @throws AppError 404; 400 for a look that scanners could not read. */
  image(ownerId: string, id: string, format: 'png' | 'svg', options: ImageOptions): Promise<Buffer | string>;
  /** The address printed into a code. */
  scanUrl(id: string): string;
}

/** What {@link createCodes} takes. */
export interface CodesOptions {
  readonly store: Store;
  /** Origin printed into codes. */
  readonly scanBaseUrl: string;
  readonly now: () => number;
}

/** Makes the rules of codes. */
export function createCodes({ store, scanBaseUrl, now }: CodesOptions): Codes {
  const scanUrl = (id: string) => `${scanBaseUrl}/scan/${id}`;
  return {
    async create({ userId, plan }, { type, destinationUrl, title, logo }) {
      const code = {
        id: newId(),
        ownerId: userId,
        type,
        title: title?.trim() || null,
        destinationUrl: checkDestination(destinationUrl, scanBaseUrl),
        logo: logo === undefined ? null : await readLogo(logo),
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

    async update(ownerId, id, { destinationUrl, title, status }) {
      const changes: CodeChanges = {
        ...(destinationUrl !== undefined && { destinationUrl: checkDestination(destinationUrl, scanBaseUrl) }),
        ...(title !== undefined && { title: title?.trim() || null }),
        ...(status !== undefined && { status }),
      };
      return (await store.updateOwnCode(id, ownerId, changes)) ?? notFound();
    },

    async remove(ownerId, id) {
      if (!(await store.deleteOwnCode(id, ownerId))) notFound();
    },

    list: (ownerId, page) => store.listCodes(ownerId, page),

    async get(ownerId, id) {
      return (await store.findOwnCode(id, ownerId)) ?? notFound();
    },

    async image(ownerId, id, format, options) {
      const { logo } = (await store.findOwnLogo(id, ownerId)) ?? notFound();
      checkReadable(options, logo !== null);
      return format === 'png' ? drawPng(scanUrl(id), logo, options) : drawSvg(scanUrl(id), logo, options);
    },

    scanUrl,
  };
}

/** 72 random bits: short in print, and hopeless to guess. */
function newId(): string {
  return randomBytes(9).toString('base64url');
}

function notFound(): never {
  throw new AppError({ statusCode: 404, code: 'not_found', message: 'You have no such code.' });
}
