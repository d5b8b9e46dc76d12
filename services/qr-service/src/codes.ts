import { randomBytes } from 'node:crypto';
import { AppError } from '@qr/common';
import { checkDestination } from './destination.ts';
import { drawPng, drawSvg } from './image.ts';
import { readLogo } from './logo.ts';
import type { Code, Store } from './store.ts';

/** What a person gives to make a code. */
interface CodeRequest {
  readonly type: 'url';
  readonly destinationUrl: string;
  readonly title?: string;
  readonly logo?: string;
}

/** The rules of codes. Everything is answered for one owner; the codes of others do not exist for them. */
export interface Codes {
  /** @throws AppError 400 that names the wrong field. */
  create(ownerId: string, request: CodeRequest): Promise<{ readonly code: Code; readonly codesCreated: number }>;
  list(ownerId: string, page: { readonly limit: number; readonly offset: number }): ReturnType<Store['listCodes']>;
  /** @throws AppError 404 */
  get(ownerId: string, id: string): Promise<Code>;
  /** @throws AppError 404 */
  image(ownerId: string, id: string, format: 'png' | 'svg'): Promise<Buffer | string>;
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
    async create(ownerId, { type, destinationUrl, title, logo }) {
      return store.insertCode({
        id: newId(),
        ownerId,
        type,
        title: title?.trim() || null,
        destinationUrl: checkDestination(destinationUrl, scanBaseUrl),
        logo: logo === undefined ? null : await readLogo(logo),
        createdAt: new Date(now()),
      });
    },

    list: (ownerId, page) => store.listCodes(ownerId, page),

    async get(ownerId, id) {
      return (await store.findOwnCode(id, ownerId)) ?? notFound();
    },

    async image(ownerId, id, format) {
      const { logo } = (await store.findOwnLogo(id, ownerId)) ?? notFound();
      return format === 'png' ? drawPng(scanUrl(id), logo) : drawSvg(scanUrl(id), logo);
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
