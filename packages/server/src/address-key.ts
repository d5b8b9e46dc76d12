import { normalizeIP } from '@fastify/rate-limit';

/**
 * Returns the key under which an address is counted: an IPv6 address by its network of 64 bits, which is what one subscriber gets at least (RFC 6177),
 * an IPv4 address by itself, in IPv6 form too. What is no address, as a proxy that is believed may write anything, is its own key.
 */
export function addressKey(address: string): string {
  try {
    return normalizeIP(address);
  } catch {
    return address;
  }
}
