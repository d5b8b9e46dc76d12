/** Between records, on disk and in the request: what was journalled is the body already. */
export const SEPARATOR = ',\n';

/**
 * The records of a JSON array, each as the text that it was encoded as.
 *
 * @param count the number of records, if known: bodies of earlier versions have other separators, and are parsed.
 * @throws when the text is not a JSON array.
 */
export function splitRecords(text: string, count?: number): string[] {
  const body = text.trim();
  if (!body.startsWith('[') || !body.endsWith(']')) throw new SyntaxError('not a JSON array');
  // JSON escapes line breaks within a text, so the separator cannot occur in a record.
  const pieces = body.slice(1, -1).split(SEPARATOR);
  if (pieces.length === count) return pieces;
  const records: unknown = JSON.parse(body);
  return (records as readonly unknown[]).map((record) => JSON.stringify(record));
}

export function joinRecords(records: readonly string[]): string {
  return `[${records.join(SEPARATOR)}]`;
}

/** The whole records of a journal; a torn or damaged one costs itself only. */
export function readJournal(text: string): { readonly records: readonly string[]; readonly lost: number } {
  const pieces = text.split(SEPARATOR).filter((piece) => piece !== '');
  const records = pieces.filter(isJsonObject);
  return { records, lost: pieces.length - records.length };
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
