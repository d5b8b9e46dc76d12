import { readFileSync } from 'node:fs';
// Whole, because bundles declare a `createRequire` of their own.
import * as nodeModule from 'node:module';
import { isCountry } from '@qr/telemetry/internal';
import ipaddr from 'ipaddr.js';
import { Reader, type Response } from 'mmdb-lib';
import { createReadUserAgent, type UserAgent } from './user-agent.ts';
import type { VisitorRequest } from './visitor-request.ts';

/** The country of an address as ISO 3166-1 alpha-2, or `unknown`. */
export type CountryOf = (address: string) => string;

/** What an event may say of a visitor: kinds, never the address or the user agent themselves. */
export interface Visitor<B extends string = string> extends UserAgent<B> {
  /** ISO 3166-1 alpha-2, or `unknown`. */
  readonly country: string;
}

/** Describes who sent a request. Never throws. */
export type DescribeVisitor<B extends string = string> = (request: VisitorRequest) => Visitor<B>;

export interface DescribeVisitorOptions<B extends string = string> {
  /** The browser families that events may name, spelled as bowser spells them: https://github.com/bowser-js/bowser. All others are `other`. */
  readonly browsers: readonly B[];
  /** Asked when the CDN did not name a country. @default the CC0 database that is installed with this package */
  readonly countryOf?: CountryOf;
}

/** Returns the function that describes visitors. Opens the country database, so call it once, at start. */
export function createDescribeVisitor<B extends string>({
  browsers,
  countryOf = openCountries(),
}: DescribeVisitorOptions<B>): DescribeVisitor<B> {
  const readUserAgent = createReadUserAgent(browsers);
  return ({ ip, headers }) => ({
    ...readUserAgent(single(headers['user-agent'])),
    country: countryFromCdn(headers['cf-ipcountry']) ?? listed(countryOf(ip)),
  });
}

/** Cloudflare writes XX for what it does not know, and T1 for Tor, whose address is that of a stranger. Without a CDN a client can send this header, too. */
function countryFromCdn(header: string | string[] | undefined): string | undefined {
  const country = single(header);
  if (country === 'T1') return 'unknown';
  return isCountry(country) ? country : undefined;
}

function listed(country: string): string {
  return isCountry(country) ? country : 'unknown';
}

function single(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' ? header : undefined;
}

/** CC0: made from the registries' own data, https://github.com/sapics/ip-location-db. Its age is that of the installed package. */
const DATABASE = '@ip-location-db/geo-whois-asn-country-mmdb/geo-whois-asn-country.mmdb';

type Entry = Response & { readonly country_code?: string };

/** Reads the database, 8 MB, into memory. A look-up takes some 2 us and asks nobody. */
function openCountries(): CountryOf {
  const reader = new Reader<Entry>(readFileSync(nodeModule.createRequire(import.meta.url).resolve(DATABASE)));
  return (address) => {
    // A proxy that is believed may write anything into X-Forwarded-For.
    if (!ipaddr.isValid(address)) return 'unknown';
    // An IPv4 address may come in the form of a socket that listens on IPv6.
    const ip = ipaddr.process(address);
    // The database has entries for private and reserved networks, made from who registered the space around them.
    if (ip.range() !== 'unicast') return 'unknown';
    return reader.get(ip.toString())?.country_code ?? 'unknown';
  };
}
