import { AppError } from '@qr/common';

// Parsers silently delete tabs and line breaks, so that what is shown to a person would not be where a scan leads.
const BLANK_OR_CONTROL = /[\s\p{Cc}]/u;

/**
 * Checks where a code may lead: to an absolute web address without credentials, which is not a scan address itself.
 *
 * @returns the address in its normal form, ASCII only.
 * @throws AppError 400 that says what is wrong with it.
 */
export type CheckDestination = (value: string) => string;

/** @param scanOrigins the origins under which scans are answered. */
export function createDestinationCheck(scanOrigins: readonly string[]): CheckDestination {
  const hosts = new Set(scanOrigins.map((origin) => hostOf(new URL(origin))));
  return (value) => {
    const url = checkWebAddress(value, 'destinationUrl');
    // Scanning such a code would lead to a code, and in the worst case back to itself.
    if (hosts.has(hostOf(url)) && isScanPath(url.pathname)) refuse('destinationUrl', 'must not be another code');
    return url.href;
  };
}

/** Without scheme and port, as servers redirect from one to another; the dot at the end of a full name means the same host. */
function hostOf({ hostname }: URL): string {
  const host = hostname.replace(/\.$/, '');
  return LOOPBACK.test(host) ? 'localhost' : host;
}

const LOOPBACK = /^(127\.\d+\.\d+\.\d+|\[::1\]|.+\.localhost)$/;

/** Routers decode paths, and proxies merge slashes. */
function isScanPath(path: string): boolean {
  return /^\/+scan\/+./i.test(decode(path));
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    // Routers refuse what cannot be decoded.
    return path;
  }
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
