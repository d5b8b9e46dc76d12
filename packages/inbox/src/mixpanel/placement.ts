import { isIP } from 'node:net';
import type { FastifyRequest } from 'fastify';
import { isJsonObject, type JsonObject, type Placement } from '../store/records.ts';

/** Where a request came from. */
export interface Sender {
  /** As the vendor sees it: a proxy passes its client's address on. */
  readonly address: string;
  /** Neither a browser nor a proxy of one. */
  readonly looksLikeServer: boolean;
  /** The parameter `ip` of the request. */
  readonly ip: string | undefined;
}

/** Libraries that run on servers, by their `mp_lib`. */
const SERVER_LIBRARIES: ReadonlySet<string> = new Set([
  ...['node', 'python', 'ruby', 'php', 'java', 'jdk', 'go', 'golang', 'rust', 'dotnet', '.net', 'elixir'],
  ...['qr-observability', 'http', 'curl'],
]);

/**
 * Where the vendor would place an event: what the sender says wins, then coordinates, then the address in `ip`, then the
 * address of the request. `"0"` is an address of nowhere. The parameter `ip` is documented for `/track` only: 1 prefers
 * the request's address, 0 ignores it.
 * @see https://docs.mixpanel.com/docs/tracking-best-practices/geolocation
 */
export function placementOfEvent(endpoint: 'track' | 'import', properties: JsonObject, sender: Sender): Placement {
  const explicit = explicitPlace(properties, 'mp_country_code', properties);
  if (explicit !== undefined) return explicit;
  const library = properties['mp_lib'];
  const isServer =
    endpoint === 'import' || (typeof library === 'string' && SERVER_LIBRARIES.has(library.toLowerCase()));
  const ip = endpoint === 'track' ? sender.ip : undefined;
  const request: Placement = { by: 'request', address: sender.address, isServer };
  if (ip === '1') return request;
  return byAddress('ip', properties['ip']) ?? (ip === '0' ? NOT_BY_REQUEST : request);
}

/** The same for an update of a user profile; groups have no place. */
export function placementOfProfile(update: JsonObject, sender: Sender): Placement {
  const set = isJsonObject(update['$set']) ? update['$set'] : {};
  const explicit = explicitPlace(set, '$country_code', update);
  if (explicit !== undefined) return explicit;
  const named = byAddress('$ip', update['$ip'] ?? set['$ip']);
  if (named !== undefined) return named;
  if (sender.ip === '0') return NOT_BY_REQUEST;
  return { by: 'request', address: sender.address, isServer: sender.looksLikeServer };
}

const NOT_BY_REQUEST: Placement = { by: 'nothing', reason: 'the request has ip=0' };

function explicitPlace(properties: JsonObject, country: string, coordinates: JsonObject): Placement | undefined {
  const { $city: city, $region: region, [country]: code } = properties;
  // Most events name none of them: no list is made for those.
  if ((city ?? region ?? code) !== undefined) {
    const place = [city, region, code].filter((name) => typeof name === 'string' && name !== '').join(', ');
    if (place !== '') return { by: 'sender', place };
  }
  const { $latitude: latitude, $longitude: longitude } = coordinates;
  if (typeof latitude !== 'number' || typeof longitude !== 'number') return undefined;
  return { by: 'coordinates', place: `${latitude}, ${longitude}` };
}

function byAddress(property: string, value: unknown): Placement | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  // An object may have a `toString` that is no function.
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  if (isIP(text) !== 0) return { by: 'ip', address: text };
  return { by: 'nothing', reason: `${property} is ${JSON.stringify(text.slice(0, 60))}` };
}

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
