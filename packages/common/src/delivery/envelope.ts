/**
 * A Sentry envelope of ours as text: a line of headers, then for each item a line of headers and one of payload, every line JSON. Items that are
 * not JSON never get here, so that the text can be searched and changed without counting bytes.
 *
 * @see https://develop.sentry.dev/sdk/foundations/transport/envelopes/
 */
export type EnvelopeText = string;

/** The envelope without every value that is the id of one of these people. @throws when it names one and is no envelope of ours. */
export function withoutPeople(envelope: EnvelopeText, ids: readonly string[]): EnvelopeText {
  if (!ids.some((id) => envelope.includes(JSON.stringify(id)))) return envelope;
  const named = new Set<unknown>(ids);
  const anonymous = (line: string) =>
    JSON.stringify(JSON.parse(line, (_key, value: unknown) => (named.has(value) ? undefined : value)));
  return envelope
    .split('\n')
    .map((line, index) => (isPayload(index) ? anonymous(line) : line))
    .join('\n');
}

/** The payloads of its items, for people to look at. */
export function readPayloads(envelope: EnvelopeText): readonly unknown[] {
  return envelope
    .split('\n')
    .filter((_, index) => isPayload(index))
    .map((line): unknown => JSON.parse(line));
}

function isPayload(lineIndex: number): boolean {
  return lineIndex > 0 && lineIndex % 2 === 0;
}
