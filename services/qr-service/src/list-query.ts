import { AppError, type Cursor, decodeCursor, encodeCursor } from '@qr/common';
import type { Static } from 'typebox';
import type { listQuery } from './schemas.ts';

/** Which codes a person asks for, and in which order. */
export type ListFilter = Omit<Static<typeof listQuery>, 'limit'>;

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
export function readListRequest({ search = '', sort, from, to, cursor }: ListFilter): ListRequest {
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
export function cursorBehind(code: Cursor & { readonly sortName: string }, sort: ListFilter['sort']): string {
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
