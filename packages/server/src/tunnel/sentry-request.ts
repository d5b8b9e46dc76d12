import type { People } from '@qr/telemetry/internal';
import { dsnToString, getEnvelopeEndpointWithUrlEncodedAuth, makeDsn } from '@sentry/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../app-error.ts';
import type { ClientContexts, ReadClient } from '../visitor/user-agent.ts';
import type { ErrorAllowance } from './address-limits.ts';
import type { UpstreamRequest } from './upstream.ts';

/** Where envelopes go. */
export interface SentryTarget {
  /** The only DSN that is accepted, and the address that envelopes are sent to. */
  readonly dsn: string;
}

/** Longer lines are no headers. */
const MAX_HEADER_BYTES = 16_384;
/** The SDK of a page sends one or two items in an envelope. */
const MAX_ITEMS = 100;
const LINE_FEED = 0x0a;
const NEW_LINE = Buffer.from('\n');
/** How long the SDK of a page is to be silent when the budget is used up. */
const RETRY_AFTER_SECONDS = 60;

interface SentryRequestOptions extends SentryTarget {
  readonly people: People;
  readonly allowance: ErrorAllowance;
  readonly readClient: ReadClient;
  /** Called with the number of errors that are refused because the budget is used up. */
  readonly onOverBudget: (errors: number) => void;
}

/**
 * Returns a function that checks an envelope and builds the request to Sentry. Errors get the browser and the operating system of the page, and users
 * that are named by an address its hash; everything else goes on byte by byte.
 *
 * @throws Error when the configured DSN is not one.
 */
export function createSentryRequest({
  people,
  dsn,
  allowance,
  readClient,
  onOverBudget,
}: SentryRequestOptions): (body: Buffer, request: FastifyRequest, reply: FastifyReply) => UpstreamRequest {
  const { allowed, url } = readTarget({ dsn });
  return (body, { headers, ip }, reply) => {
    if (dsnOf(body) !== allowed) {
      throw new AppError({
        statusCode: 403,
        code: 'foreign_dsn',
        message: 'The envelope does not carry the DSN of this platform.',
      });
    }
    const items = itemsIn(body);
    const errors = items.filter(({ header }) => header['type'] === 'event').length;
    if (errors > 0 && !allowance.take(ip, errors)) {
      onOverBudget(errors);
      // Traces go on: https://develop.sentry.dev/sdk/foundations/transport/rate-limiting/
      reply.header('x-sentry-rate-limits', `${RETRY_AFTER_SECONDS}:error:key`);
      reply.header('retry-after', RETRY_AFTER_SECONDS);
      throw new AppError({
        statusCode: 429,
        code: 'error_budget',
        message: 'Pages have sent more errors than their budget holds. Send this one again later.',
      });
    }
    const client = readClient(headers['user-agent']);
    const rewrite = (item: EnvelopeItem) => withClient(withSentIds(item, people) ?? notJson(), client) ?? notJson();
    return {
      url,
      contentType: 'application/x-sentry-envelope',
      userAgent: headers['user-agent'],
      body: rewritten(body, items, rewrite),
    };
  };
}

/**
 * Returns the DSN as SDKs write it, without a password, and the URL of its envelope endpoint.
 *
 * @throws Error when it is not a DSN.
 */
export function readTarget({ dsn }: SentryTarget): { readonly allowed: string; readonly url: string } {
  const components = makeDsn(dsn);
  if (!components) throw new Error('The option sentry.dsn of the tunnel expects a DSN such as https://key@host/42.');
  return { allowed: dsnToString(components), url: getEnvelopeEndpointWithUrlEncodedAuth(components) };
}

/** The first line of an envelope is a JSON object: https://develop.sentry.dev/sdk/data-model/envelopes/ */
function dsnOf(body: Buffer): unknown {
  return headerAt(body, 0).header['dsn'];
}

/** Returns the items of an envelope. @throws AppError when they cannot be told apart. */
function itemsIn(body: Buffer): EnvelopeItem[] {
  const items: EnvelopeItem[] = [];
  let offset = headerAt(body, 0).end;
  while (offset < body.length) {
    // Empty lines may end an envelope.
    if (body[offset] === LINE_FEED) {
      offset++;
      continue;
    }
    const { header, end } = headerAt(body, offset);
    if (items.length === MAX_ITEMS) throw malformed(`it has more than ${MAX_ITEMS} items`);
    const { length } = header;
    if (length !== undefined && !(Number.isSafeInteger(length) && (length as number) >= 0)) {
      throw malformed('the length of an item is no whole number');
    }
    const next = length === undefined ? endOfLine(body, end) : end + (length as number) + 1;
    const isEnded = length !== undefined || body[next - 1] === LINE_FEED;
    items.push({ header, payload: body.subarray(end, isEnded ? next - 1 : next) });
    offset = next;
  }
  return items;
}

/** The envelope with users by the ids under which services send them, and errors with their browser and operating system. */
function rewritten(
  body: Buffer,
  items: readonly EnvelopeItem[],
  rewrite: (item: EnvelopeItem) => EnvelopeItem,
): Buffer {
  const sent = items.map(rewrite);
  if (sent.every((item, index) => item === items[index])) return body;
  const head = body.subarray(0, headerAt(body, 0).end);
  const lines = sent.flatMap(({ header, payload }) => [Buffer.from(`${JSON.stringify(header)}\n`), payload, NEW_LINE]);
  return Buffer.concat([head, ...lines]);
}

function notJson(): never {
  throw malformed('an item is not JSON');
}

/** The JSON object on the line that begins at `start`, and where the next line begins. */
function headerAt(body: Buffer, start: number): { header: Readonly<Record<string, unknown>>; end: number } {
  const end = endOfLine(body, start);
  try {
    const text = body.subarray(start, Math.min(end, start + MAX_HEADER_BYTES)).toString('utf8');
    const header: unknown = JSON.parse(text);
    return { header: (header ?? {}) as Readonly<Record<string, unknown>>, end };
  } catch {
    throw malformed('a line of headers is not JSON');
  }
}

function endOfLine(body: Buffer, start: number): number {
  const end = body.indexOf(LINE_FEED, start);
  return end === -1 ? body.length : end + 1;
}

function malformed(reason: string): AppError {
  return new AppError({ code: 'malformed', message: `Expected a Sentry envelope, but ${reason}.` });
}

/**
 * Returns an error of a page with its browser and its operating system, which the page's SDK leaves to the receiver of the `User-Agent` header.
 *
 * @returns the same item when it is no error, or when the header names neither; `undefined` for an error that is not JSON.
 */
function withClient(item: EnvelopeItem, client: ClientContexts): EnvelopeItem | undefined {
  if (item.header['type'] !== 'event') return item;
  if (Object.keys(client).length === 0) return item;
  try {
    const event = JSON.parse(item.payload.toString('utf8')) as { readonly contexts?: object } | null;
    if (typeof event !== 'object' || event === null) return undefined;
    const contexts = { ...client, ...event.contexts };
    const payload = Buffer.from(JSON.stringify({ ...event, contexts }));
    return { header: { ...item.header, length: payload.length }, payload };
  } catch {
    return undefined;
  }
}

/** Payloads that are JSON; recordings and attachments are bytes. */
const JSON_ITEMS = new Set([
  ...['event', 'transaction', 'span', 'log', 'trace_metric', 'session', 'sessions', 'feedback', 'replay_event'],
  ...['check_in', 'user_report', 'profile', 'profile_chunk'],
]);
/** An id whose value has a character that none but an address, a telephone number or an escaped text has. */
const MAY_BE_PERSONAL = /(?:[iI]d|"did)"\s{0,4}:\s{0,4}(?:\{[^{}]{0,200})?"[^"@%+\\＠﹫＋]{0,300}[@%+\\＠﹫＋]/u;

/** One item of an envelope: its line of headers, and its payload. */
interface EnvelopeItem {
  readonly header: Readonly<Record<string, unknown>>;
  readonly payload: Buffer;
}

/**
 * Returns an item whose user ids are in the form in which a service sends them: an e-mail address as its hash. A page has no key to hash with.
 *
 * @returns the same item when there is nothing to change; `undefined` for one that is not JSON although its type says so.
 */
function withSentIds(item: EnvelopeItem, people: People): EnvelopeItem | undefined {
  const { header, payload } = item;
  if (!JSON_ITEMS.has(String(header['type']))) return item;
  const text = payload.toString('utf8');
  if (!MAY_BE_PERSONAL.test(text)) return item;
  try {
    const changed = Buffer.from(JSON.stringify(JSON.parse(text, (key, value) => sentValue(people, key, value))));
    return { header: { ...header, length: changed.length }, payload: changed };
  } catch {
    return undefined;
  }
}

/** Attributes have their value in an object, `{ "user.id": { "value": "jane", "type": "string" } }`; sessions have the user as `did`. */
function sentValue(people: People, key: string, value: unknown): unknown {
  const name = key === 'did' ? 'id' : key;
  if (typeof value === 'string') return people.personalIdUnder(name, value) ?? value;
  if (typeof value !== 'object' || value === null) return value;
  if (!('value' in value) || typeof value.value !== 'string') return value;
  return { ...value, value: people.personalIdUnder(name, value.value) ?? value.value };
}
