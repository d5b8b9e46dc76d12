import { randomBytes } from 'node:crypto';

/** 3 to 50 characters that stand in an address as they are, and that nobody mistypes by their case. */
export const slugPattern = '^[a-z0-9][a-z0-9-]{1,48}[a-z0-9]$';

/** For who names none: 48 random bits, which are easy to type and unlikely to meet. */
export function newSlug(): string {
  return randomBytes(6).toString('hex');
}

/** Where visitors find a microsite. It is printed into codes, so it never changes. */
export function micrositeUrl(baseUrl: string, slug: string): string {
  return `${baseUrl}/m/${slug}`;
}
