import { AppError } from '@qr/common';

/** The last microsite of a page of the list. By the id, too, as several may be made in one millisecond. */
export interface Position {
  readonly createdAt: Date;
  readonly id: string;
}

/** A position as callers carry it: they are not to read it, so that it can change. */
export function writeCursor({ createdAt, id }: Position): string {
  return Buffer.from(`${createdAt.getTime()} ${id}`).toString('base64url');
}

/** @throws AppError 400 for what {@link writeCursor} did not write. */
export function readCursor(cursor: string): Position {
  // Of 14 digits: the database reads no year of five.
  const [, time, id] = /^(\d{1,14}) ([\w-]{12})$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  if (time !== undefined && id !== undefined) return { createdAt: new Date(Number(time)), id };
  throw new AppError({
    code: 'invalid_cursor',
    message: 'cursor is not one of this list: pass on nextCursor as it came, or leave it out to begin anew.',
    field: 'cursor',
  });
}
