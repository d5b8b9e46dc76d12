import { AppError } from '@qr/common';

/** What a visitor can follow. */
export interface Link {
  readonly label: string;
  readonly url: string;
}

/** In its normal form, too, which may be several times as long as what was typed. */
export const MAX_URL_LENGTH = 2048;

// Parsers silently delete tabs and line breaks, so that what is shown to a person would not be where the link leads.
const BLANK_OR_CONTROL = /[\s\p{Cc}]/u;

/**
 * Links as they are kept: to absolute web addresses without credentials, in their normal form, ASCII only.
 *
 * @throws AppError 400 that names the wrong address, such as `links.2.url`.
 */
export function checkLinks(links: readonly Link[]): Link[] {
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
