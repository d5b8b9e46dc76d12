import Bowser from 'bowser';
import { getOrAdd } from '../collections.ts';
import { objectAt, textAt } from '../sentry/fields.ts';
import type { JsonObject, StoredError, StoredEvent, StoredSpan } from '../store/records.ts';
import { FACETS, type Facet } from './filter-names.ts';

/** Where a record comes from. Null where its sender does not say. */
export type Facets = Readonly<Record<Facet, string | null>>;

/** Values that a record must have; facets that are not given may be anything. */
export type FacetFilter = Readonly<Partial<Record<Facet, string | undefined>>>;

type ReadAgent = (header: string | null) => UserAgent;

/** Returns where an error, event or span comes from. */
export function facetsOf(record: StoredError | StoredEvent | StoredSpan, readAgent: ReadAgent = readUserAgent): Facets {
  if (record.kind === 'error') return ofError(record, readAgent);
  return record.kind === 'event' ? ofEvent(record) : ofSpan(record);
}

/** Returns {@link facetsOf} for many records: each `User-Agent` is parsed once, which takes longer than all the rest. */
export function facetReader(): (record: StoredError | StoredEvent | StoredSpan) => Facets {
  const agents = new Map<string | null, UserAgent>();
  return (record) => facetsOf(record, (header) => getOrAdd(agents, header, () => readUserAgent(header)));
}

/** Returns the function that says whether facets pass a filter. */
export function facetMatcher(filter: FacetFilter): (facets: Facets) => boolean {
  const wanted = FACETS.flatMap((facet) => {
    const value = filter[facet];
    return value === undefined || value === '' ? [] : [[facet, value] as const];
  });
  return (facets) => wanted.every(([facet, value]) => facets[facet] === value);
}

function ofError({ service, event }: StoredError, readAgent: ReadAgent): Facets {
  const tags = tagsOf(event);
  return {
    service: service ?? textAt(tags, 'service'),
    environment: textAt(event, 'environment') ?? textAt(tags, 'environment'),
    release: textAt(event, 'release') ?? textAt(tags, 'release'),
    browser: browserOf(event, tags, readAgent),
    url: textAt(objectAt(event, 'request'), 'url') ?? textAt(tags, 'url'),
  };
}

/** Returns the family of the browser: from the context, the tag, or else the `User-Agent` of the request. */
function browserOf(event: JsonObject, tags: JsonObject, readAgent: ReadAgent): string | null {
  return (
    textAt(objectAt(objectAt(event, 'contexts'), 'browser'), 'name') ??
    textAt(tags, 'browser.name') ??
    textAt(tags, 'browser') ??
    readAgent(userAgentOf(event)).browser
  );
}

/** Returns the `User-Agent` header of the request in which an error happened. Headers are an object, or pairs from older SDKs. */
export function userAgentOf(event: JsonObject): string | null {
  const { headers } = objectAt(event, 'request');
  const pairs = Array.isArray(headers) ? headers : Object.entries(headers ?? {});
  for (const pair of pairs) {
    if (Array.isArray(pair) && typeof pair[1] === 'string' && String(pair[0]).toLowerCase() === 'user-agent')
      return pair[1];
  }
  return null;
}

function ofEvent({ properties }: StoredEvent): Facets {
  return {
    service: textAt(properties, 'service'),
    environment: textAt(properties, 'environment'),
    release: textAt(properties, 'release') ?? textAt(properties, '$app_version_string'),
    browser: textAt(properties, 'browser') ?? textAt(properties, '$browser'),
    url: firstText(properties, ['url', '$current_url', 'page', 'path']),
  };
}

function ofSpan({ service, attributes }: StoredSpan): Facets {
  return {
    service,
    environment: firstText(attributes, ['sentry.environment', 'environment']),
    release: firstText(attributes, ['sentry.release', 'release']),
    browser: textAt(attributes, 'browser.name'),
    url: firstText(attributes, ['url.full', 'http.url', 'url', 'url.path', 'http.target']),
  };
}

function firstText(object: JsonObject, names: readonly string[]): string | null {
  for (const name of names) {
    const text = textAt(object, name);
    if (text !== null) return text;
  }
  return null;
}

/** Returns the tags of an event as an object. Older SDKs send a list of pairs. */
export function tagsOf(event: JsonObject): JsonObject {
  const { tags } = event;
  if (!Array.isArray(tags)) return objectAt(event, 'tags');
  const pairs = tags.filter((pair): pair is [unknown, unknown] => Array.isArray(pair) && pair.length === 2);
  return Object.fromEntries(pairs.map(([name, value]) => [String(name), value]));
}

/** The program behind a request, as far as its `User-Agent` header names it. */
interface UserAgent {
  readonly browser: string | null;
  readonly browserVersion: string | null;
  readonly os: string | null;
  readonly osVersion: string | null;
}

/** The vendor reads no more of the header either. */
const MAX_LENGTH = 500;
const UNKNOWN: UserAgent = { browser: null, browserVersion: null, os: null, osVersion: null };

/** Reads a `User-Agent` header. What it does not name is null. */
export function readUserAgent(header: string | null): UserAgent {
  if (header === null || header.trim() === '') return UNKNOWN;
  const { browser, os } = Bowser.parse(header.slice(0, MAX_LENGTH));
  return {
    browser: browser.name || null,
    browserVersion: browser.version || null,
    os: os.name || null,
    osVersion: os.versionName || os.version || null,
  };
}
