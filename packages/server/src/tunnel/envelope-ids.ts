import { core } from '@qr/telemetry/internal';

/** Payloads that are JSON; recordings and attachments are bytes. */
const JSON_ITEMS = new Set([
  ...['event', 'transaction', 'span', 'log', 'trace_metric', 'session', 'sessions', 'feedback', 'replay_event'],
  ...['check_in', 'user_report', 'profile', 'profile_chunk'],
]);
/** An id whose value has a character that none but an address, a telephone number or an escaped text has. */
const MAY_BE_PERSONAL = /(?:[iI]d|"did)"\s{0,4}:\s{0,4}(?:\{[^{}]{0,200})?"[^"@%+\\＠﹫＋]{0,300}[@%+\\＠﹫＋]/u;

/** One item of an envelope: its line of headers, and its payload. */
export interface EnvelopeItem {
  readonly header: Readonly<Record<string, unknown>>;
  readonly payload: Buffer;
}

/**
 * Returns an item whose user ids are in the form in which a service sends them: an e-mail address as its hash. A page has no key to hash with.
 *
 * @returns the same item when there is nothing to change; `undefined` for one that is not JSON although its type says so.
 */
export function withSentIds(item: EnvelopeItem): EnvelopeItem | undefined {
  const { header, payload } = item;
  if (!JSON_ITEMS.has(String(header['type']))) return item;
  const text = payload.toString('utf8');
  if (!MAY_BE_PERSONAL.test(text)) return item;
  try {
    const changed = Buffer.from(JSON.stringify(JSON.parse(text, sentValue)));
    return { header: { ...header, length: changed.length }, payload: changed };
  } catch {
    return undefined;
  }
}

/** Attributes have their value in an object, `{ "user.id": { "value": "jane", "type": "string" } }`; sessions have the user as `did`. */
function sentValue(key: string, value: unknown): unknown {
  const name = key === 'did' ? 'id' : key;
  if (typeof value === 'string') return core.people.personalIdUnder(name, value) ?? value;
  if (typeof value !== 'object' || value === null) return value;
  if (!('value' in value) || typeof value.value !== 'string') return value;
  return { ...value, value: core.people.personalIdUnder(name, value.value) ?? value.value };
}
