import type { JsonObject } from '../store/records.ts';

/**
 * True when `/import` would look at the request at all: a project token as Basic user name, a service account with its
 * project, a bearer token, or the `api_key` of old clients. Any token and any account is good here.
 */
export function isAuthorized(authorization: string | undefined, query: JsonObject): boolean {
  if (authorization === undefined) return typeof query['api_key'] === 'string' && query['api_key'] !== '';
  const [scheme = '', value = ''] = authorization.split(' ', 2);
  if (scheme.toLowerCase() === 'bearer') return value !== '';
  if (scheme.toLowerCase() !== 'basic') return false;
  const [user = '', password = ''] = basicPair(value);
  const isServiceAccount = password !== '';
  return user !== '' && (!isServiceAccount || typeof query['project_id'] === 'string');
}

/** Service accounts may send `user:secret` in plain text instead of base64. */
function basicPair(value: string): readonly string[] {
  const text = value.includes(':') ? value : Buffer.from(value, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon === -1 ? [] : [text.slice(0, colon), text.slice(colon + 1)];
}
