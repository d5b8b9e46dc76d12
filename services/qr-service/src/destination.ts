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
  if (BLANK_OR_CONTROL.test(value)) refuse('must not contain spaces or line breaks');
  if (!/^https?:\/\//i.test(value) || !URL.canParse(value))
    refuse('must be an address that begins with http:// or https://');
  const url = new URL(value);
  if (url.username !== '' || url.password !== '') refuse('must not contain a user name or password');
  // Scanning such a code would lead to a code, and in the worst case back to itself.
  if (url.origin === new URL(scanBaseUrl).origin && url.pathname.startsWith('/scan/'))
    refuse('must not be another code');
  return url.href;
}

function refuse(reason: string): never {
  throw new AppError({ code: 'invalid_destination', message: `destinationUrl ${reason}`, field: 'destinationUrl' });
}
