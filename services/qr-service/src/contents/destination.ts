import { posix } from 'node:path';
import { AppError } from '@qr/common/server';

// Parsers silently delete tabs and line breaks, so that what is shown to a person would not be where a scan leads.
const BLANK_OR_CONTROL = /[\s\p{Cc}]/u;

/**
 * Checks where a code may lead: to an absolute web address without credentials, which is not a scan address itself.
 *
 * @returns the address in its normal form, ASCII only.
 * @throws AppError 400 that says what is wrong with it.
 */
export type CheckDestination = (value: string) => string;

/** @param ownOrigins all origins of the platform. Scan addresses of this machine are refused, too: services listen there. */
export function createDestinationCheck(ownOrigins: readonly string[]): CheckDestination {
  const hosts = new Set(['localhost', ...ownOrigins.map((origin) => hostOf(new URL(origin)))]);
  return (value) => {
    const url = checkWebAddress(value, 'destinationUrl');
    // Scanning such a code would lead to a code, and in the worst case back to itself.
    if (hosts.has(hostOf(url)) && isScanPath(url.pathname)) refuse('destinationUrl', 'must not be another code');
    return url.href;
  };
}

/** Without scheme and port, because servers redirect from one to another. A dot at the end of a full name means the same host. */
function hostOf({ hostname }: URL): string {
  const host = hostname.replace(/\.$/, '');
  return LOOPBACK.test(host) ? 'localhost' : host;
}

/** Every spelling of this machine that is left when `URL` has normalised an address; 0.0.0.0 and :: connect to it, too. */
const LOOPBACK =
  /^(?:(?:.+\.)?localhost|localhost\.localdomain|ip6-(?:localhost|loopback)|127\.\d+\.\d+\.\d+|0\.0\.0\.0|\[::1?\]|\[::(?:ffff:)?(?:7f[\da-f]{2}:[\da-f]{1,4}|0:0)\])$/;

/** Routers decode paths, and proxies merge slashes and resolve steps upwards. */
function isScanPath(path: string): boolean {
  return /^\/scan\/./i.test(posix.normalize(decode(path).replaceAll('\\', '/')));
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
