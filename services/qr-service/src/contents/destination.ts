import { AppError } from '@qr/common';

// Parsers silently delete tabs and line breaks, so that what is shown to a person would not be where a scan leads.
const BLANK_OR_CONTROL = /[\s\p{Cc}]/u;

/**
 * Where a code may lead: an absolute web address without credentials, which is not a scan address itself.
 *
 * @returns the address in its normal form, ASCII only.
 * @throws AppError 400 that says what is wrong with it.
 */
export function checkDestination(value: string, scanBaseUrl: string): string {
  const url = checkWebAddress(value, 'destinationUrl');
  // Scanning such a code would lead to a code, and in the worst case back to itself.
  if (url.origin === new URL(scanBaseUrl).origin && url.pathname.startsWith('/scan/'))
    refuse('destinationUrl', 'must not be another code');
  return url.href;
}

/** An absolute web address without credentials. @throws AppError 400 that names the field. */
export function checkWebAddress(value: string, field: string): URL {
  if (BLANK_OR_CONTROL.test(value)) refuse(field, 'must not contain spaces or line breaks');
  if (!/^https?:\/\//i.test(value) || !URL.canParse(value))
    refuse(field, 'must be an address that begins with http:// or https://');
  const url = new URL(value);
  if (url.username !== '' || url.password !== '') refuse(field, 'must not contain a user name or password');
  return url;
}

function refuse(field: string, reason: string): never {
  throw new AppError({ code: 'invalid_destination', message: `${field} ${reason}`, field });
}
