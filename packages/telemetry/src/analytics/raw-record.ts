/** Bounds of one record, so that one that is passed on as it is cannot spoil the batch it travels in. Mixpanel reference, import-events. */
const MAX_EVENT_PROPERTIES = 254;
const MAX_PROFILE_PROPERTIES = 2000;
const MAX_DEPTH = 3;
const MAX_ELEMENTS = 254;
const MAX_EVENT_VALUE_BYTES = 8 * 1024;
const MAX_PROFILE_VALUE_BYTES = 256 * 1024;
/** "Less than 1 MB". */
export const MAX_RECORD_BYTES = 1_000_000;

type Fields = Readonly<Record<string, unknown>>;
/** JSON to send, or a sentence that says why the vendor would refuse it. */
export type RawRecord = { readonly json: string } | { readonly problem: string };

/** Writes an event as it is, unless the vendor would refuse it. */
export function rawEvent(name: unknown, given: Fields): RawRecord {
  if (typeof name !== 'string' || name === '') return { problem: 'its name must be a text that is not empty' };
  const properties = toData(given);
  if (properties === undefined) return { problem: 'it cannot be written as JSON' };
  // The vendor answers as if it had stored it, and does not.
  if ('$ignore' in properties) return { problem: 'the vendor drops events with $ignore' };
  if (Object.keys(properties).length > MAX_EVENT_PROPERTIES) {
    return { problem: `it has more than ${MAX_EVENT_PROPERTIES} properties` };
  }
  const problem = problemIn(properties, MAX_EVENT_VALUE_BYTES, MAX_ELEMENTS);
  return problem === undefined ? record({ event: name.toWellFormed(), properties }) : { problem };
}

/** Operand of each operation of an update, and what else it must be. Mixpanel reference, profiles. */
const OPERATIONS: Readonly<Record<string, (operand: unknown) => boolean>> = {
  $set: isFields,
  $set_once: isFields,
  $append: isFields,
  $remove: isFields,
  $add: (operand) => isFields(operand) && Object.values(operand).every((value) => typeof value === 'number'),
  $union: (operand) => isFields(operand) && Object.values(operand).every(Array.isArray),
  $unset: (operand) => Array.isArray(operand) && operand.every((name) => typeof name === 'string'),
  $delete: () => true,
};

/**
 * Writes a profile update as it is, unless the vendor would refuse it.
 *
 * @param owner whose profile it is, and the project.
 * @param given the operations, and what modifies them.
 */
export function rawUpdate(owner: Fields, given: Fields): RawRecord {
  const data = toData(given);
  if (data === undefined) return { problem: 'it cannot be written as JSON' };
  const entries = Object.entries(data).filter(([, operand]) => !isEmpty(operand));
  const operations = entries.filter(([name]) => Object.hasOwn(OPERATIONS, name));
  if (operations.length === 0) return { problem: 'it has no operation' };
  for (const [name, operand] of operations) {
    if (!OPERATIONS[name]?.(operand)) return { problem: `the value of ${name} is not what that operation takes` };
    if (!isFields(operand)) continue;
    if (Object.keys(operand).length > MAX_PROFILE_PROPERTIES) {
      return { problem: `${name} has more than ${MAX_PROFILE_PROPERTIES} properties` };
    }
    const problem = problemIn(operand, MAX_PROFILE_VALUE_BYTES, Number.POSITIVE_INFINITY);
    if (problem !== undefined) return { problem };
  }
  return record({ ...Object.fromEntries(entries), ...owner });
}

function record(value: object): RawRecord {
  const json = JSON.stringify(value);
  return Buffer.byteLength(json) < MAX_RECORD_BYTES ? { json } : { problem: 'it weighs 1 MB or more' };
}

/** What JSON makes of an object, in well-formed text and without `null`, which is what it makes of `NaN`. */
function toData(given: Fields): Fields | undefined {
  try {
    const keepGiven = (_: string, value: unknown): unknown => {
      if (typeof value === 'string') return value.toWellFormed();
      return typeof value === 'number' && !Number.isFinite(value) ? undefined : value;
    };
    const data: unknown = JSON.parse(JSON.stringify(given, keepGiven), reviveKeys);
    return isFields(data) ? data : undefined;
  } catch {
    return undefined;
  }
}

/** Names too must be well-formed. */
function reviveKeys(_: string, value: unknown): unknown {
  if (!isFields(value) || Object.keys(value).every((name) => name.isWellFormed())) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name.toWellFormed(), each]));
}

function problemIn(properties: Fields, maxBytes: number, maxElements: number): string | undefined {
  for (const [name, value] of Object.entries(properties)) {
    if (typeof value !== 'object' || value === null) continue;
    const problem = problemOf(value, 1, maxElements);
    if (problem !== undefined) return `its property "${name}" ${problem}`;
    if (Buffer.byteLength(JSON.stringify(value)) > maxBytes) return `its property "${name}" is too large`;
  }
  return undefined;
}

function problemOf(value: object, depth: number, maxElements: number): string | undefined {
  if (depth > MAX_DEPTH) return `is nested more than ${MAX_DEPTH} levels deep`;
  const children: readonly unknown[] = Object.values(value);
  if (children.length > (Array.isArray(value) ? maxElements : MAX_ELEMENTS)) return 'has too many elements';
  for (const child of children) {
    if (typeof child !== 'object' || child === null) continue;
    const problem = problemOf(child, depth + 1, maxElements);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isEmpty(operand: unknown): boolean {
  return typeof operand === 'object' && operand !== null && Object.keys(operand).length === 0;
}
