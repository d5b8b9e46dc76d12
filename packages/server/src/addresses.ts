import type { IncomingMessage } from 'node:http';
import ipaddr from 'ipaddr.js';

/**
 * Returns the key under which an address is counted: an IPv6 address by its network of 64 bits, which is what one subscriber gets at least (RFC 6177),
 * an IPv4 address by itself, in IPv6 form too. What is no address, as a proxy that is believed may write anything, is its own key.
 */
export function addressKey(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const ip = ipaddr.process(address);
  return ip.kind() === 'ipv6' ? `${ip.toNormalizedString().split(':', 4).join(':')}::/64` : ip.toString();
}

/** A port, brackets, quotes, IPv6: what most proxies send is an IPv4 address alone. */
const UNUSUAL = /[^\d.,\s]/;

/**
 * Rewrites `X-Forwarded-For` so that every address in it has one normal form, without a port: `8.8.8.8:51234`, `[2001:db8::1]:443` and
 * `::FFFF:8.8.8.8` would otherwise be a new visitor, of no country and below every limit, for each connection. What is no address stays as it is.
 */
export function normalizeForwardedFor({ headers }: IncomingMessage): void {
  const forwarded = headers['x-forwarded-for'];
  if (typeof forwarded !== 'string' || !UNUSUAL.test(forwarded)) return;
  headers['x-forwarded-for'] = forwarded.split(',').map(normalAddress).join(', ');
}

function normalAddress(text: string): string {
  const address = text.trim().replace(/^"(.*)"$/, '$1');
  const bare = /^\[([^\]]*)\](?::\d{1,5})?$/.exec(address)?.[1] ?? /^([\d.]+):\d{1,5}$/.exec(address)?.[1] ?? address;
  const ip = bare.split('%')[0] ?? '';
  return ipaddr.isValid(ip) ? ipaddr.process(ip).toString() : text.trim();
}
