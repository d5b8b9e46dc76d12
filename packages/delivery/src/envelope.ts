import type { IsErased } from './erasure-list.ts';

/**
 * A Sentry envelope of ours as text: a line of headers, then for each item a line of headers and one of payload, every line JSON. Items that are
 * not JSON never get here, so that the text can be searched and changed without counting bytes.
 *
 * @see https://develop.sentry.dev/sdk/foundations/transport/envelopes/
 */
export type EnvelopeText = string;

/** Names of numbers that are ids: others, such as that of a line, name nobody. */
const ID = /(?:^|[_.-])id$|Id$/;

/** The envelope without every value that is the id of one of these people. @throws when it is no envelope of ours. */
export function withoutPeople(envelope: EnvelopeText, isErased: IsErased): EnvelopeText {
  let isNamed = false;
  const leaveOut = (key: string, value: unknown) => {
    const isMeant = typeof value === 'string' || (typeof value === 'number' && ID.test(key));
    if (!isMeant || !isErased(String(value))) return value;
    isNamed = true;
    return undefined;
  };
  const anonymous = (line: string) => JSON.stringify(JSON.parse(line, leaveOut));
  const rest = envelope
    .split('\n')
    .map((line, index) => (isPayload(index) ? anonymous(line) : line))
    .join('\n');
  return isNamed ? rest : envelope;
}

/** The payloads of its items, for people to look at. */
export function readPayloads(envelope: EnvelopeText): readonly unknown[] {
  return envelope
    .split('\n')
    .filter((_, index) => isPayload(index))
    .map((line): unknown => JSON.parse(line));
}

/** An envelope of the payloads that {@link readPayloads} has read; `undefined` when there is no error among them. What it said of its trace is gone. */
export function envelopeOf(payloads: unknown): EnvelopeText | undefined {
  if (!Array.isArray(payloads)) return undefined;
  const error = (payloads as readonly unknown[]).find(isError);
  return (
    error && [{ event_id: error.event_id }, { type: 'event' }, error].map((line) => JSON.stringify(line)).join('\n')
  );
}

function isError(payload: unknown): payload is { readonly event_id: string } {
  return (
    typeof payload === 'object' && payload !== null && 'event_id' in payload && typeof payload.event_id === 'string'
  );
}

function isPayload(lineIndex: number): boolean {
  return lineIndex > 0 && lineIndex % 2 === 0;
}
