import { AppError } from './app-error.ts';

/** Where a page of a list ended: the list goes on with what is older, or as old with a smaller id. */
export interface Cursor {
  readonly createdAt: Date;
  readonly id: string;
}

/** A cursor as clients carry it; they need not understand it, so it may change. */
export function encodeCursor({ createdAt, id }: Cursor): string {
  return Buffer.from(`${createdAt.getTime()} ${id}`).toString('base64url');
}

/** @throws AppError 400 for a text that {@link encodeCursor} did not make. */
export function decodeCursor(text: string): Cursor {
  // Of 14 digits: PostgreSQL reads no year of five.
  const [, time, id] = /^(\d{1,14}) ([\w-]{1,64})$/.exec(Buffer.from(text, 'base64url').toString()) ?? [];
  if (time !== undefined && id !== undefined) return { createdAt: new Date(Number(time)), id };
  const message = 'cursor must be a nextCursor of this list; leave it out to begin at the newest';
  throw new AppError({ code: 'invalid_cursor', message, field: 'cursor' });
}
