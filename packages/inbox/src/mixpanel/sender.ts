import { isIP } from 'node:net';
import type { FastifyRequest } from 'fastify';
import type { JsonObject } from '../store/records.ts';
import type { Sender } from './placement.ts';

/** Where a request came from, as the vendor sees it: a proxy of the browser SDK passes the visitor's address on. */
export function senderOf({ headers, ip: address }: FastifyRequest, parameters: JsonObject): Sender {
  const forwarded = headers['x-forwarded-for'];
  const client = (Array.isArray(forwarded) ? forwarded[0] : forwarded)?.split(',')[0]?.trim() ?? '';
  const isProxied = isIP(client) !== 0;
  const isBrowser = headers.origin !== undefined || headers['user-agent']?.startsWith('Mozilla/') === true;
  const ip = parameters['ip'];
  return {
    address: isProxied ? client : address,
    looksLikeServer: !isProxied && !isBrowser,
    ip: typeof ip === 'string' ? ip : undefined,
  };
}
