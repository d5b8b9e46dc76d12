import { isJsonObject, type JsonObject } from '../store/records.ts';
import {
  checkDistinctId,
  checkValue,
  type Failure,
  invalidField,
  LIMITS,
  refuse,
  truncateStrings,
  truncateText,
  type Verdict,
} from './limits.ts';
import { placementOfProfile, type Sender } from './placement.ts';

export type ProfileEndpoint = 'engage' | 'groups';

/** How one endpoint looks at updates. */
export interface ProfileContext {
  readonly endpoint: ProfileEndpoint;
  readonly now: number;
  readonly sender: Sender;
  /** Whether the request was compressed. */
  readonly gzip: boolean;
}

type Expectation = readonly [holds: (operand: unknown) => boolean, words: string];

const OBJECT: Expectation = [isJsonObject, 'must be a JSON object'];
const NUMBERS: Expectation = [(value) => allOf(value, (each) => typeof each === 'number'), 'must hold numbers only'];
const LISTS: Expectation = [(value) => allOf(value, Array.isArray), 'must hold lists only'];
const NAMES: Expectation = [
  (value) => Array.isArray(value) && value.every((name) => typeof name === 'string'),
  'must be a list of property names',
];
const ANYTHING: Expectation = [() => true, ''];

const GROUP_OPERATIONS: Readonly<Record<string, Expectation>> = {
  $set: OBJECT,
  $set_once: OBJECT,
  $union: LISTS,
  $remove: OBJECT,
  $unset: NAMES,
  $delete: ANYTHING,
};

const OPERATIONS: Readonly<Record<ProfileEndpoint, Readonly<Record<string, Expectation>>>> = {
  engage: { ...GROUP_OPERATIONS, $add: NUMBERS, $append: OBJECT },
  groups: GROUP_OPERATIONS,
};

/** Applies the documented rules for one update object of `/engage` or `/groups`. */
export function judgeProfile(candidate: unknown, context: ProfileContext): Verdict {
  const { endpoint, now, sender, gzip } = context;
  if (!isJsonObject(candidate)) return refuse(invalidField('data', 'must be a JSON object'));
  const { $token: token, $group_key: groupKey } = candidate;
  if (typeof token !== 'string' || token === '') return refuse(invalidField('$token', 'must not be missing or empty'));
  if (endpoint === 'groups' && (typeof groupKey !== 'string' || groupKey === '')) {
    return refuse(invalidField('$group_key', 'must not be missing or empty'));
  }
  if (endpoint === 'groups' && '$distinct_id' in candidate) {
    return refuse(
      invalidField('$distinct_id', 'must not be in a group update: $group_key and $group_id name the group'),
    );
  }
  const idField = endpoint === 'groups' ? '$group_id' : '$distinct_id';
  const id = candidate[idField];
  const idFailure = id === '' ? invalidField(idField, 'must not be empty') : checkDistinctId(id, idField);
  if (idFailure !== undefined) return refuse(idFailure);
  const operations = operationsOf(candidate, endpoint);
  const failure = checkOperations(operations, endpoint);
  if (failure !== undefined) return refuse(failure);
  return {
    verdict: 'keep',
    record: {
      kind: 'profile',
      receivedAt: now,
      endpoint,
      distinctId: truncateText(String(id)),
      groupKey: endpoint === 'groups' ? truncateText(String(groupKey)) : null,
      operations: truncateStrings(operations),
      ...(endpoint === 'engage' && !('$delete' in operations) && { placement: placementOfProfile(candidate, sender) }),
      ...(gzip && { gzip }),
    },
  };
}

function operationsOf(candidate: JsonObject, endpoint: ProfileEndpoint): JsonObject {
  return Object.fromEntries(Object.entries(candidate).filter(([name]) => Object.hasOwn(OPERATIONS[endpoint], name)));
}

function checkOperations(operations: JsonObject, endpoint: ProfileEndpoint): Failure | undefined {
  const names = Object.keys(operations);
  if (names.length === 0) {
    return { field: 'data', message: `no operation: expected one of ${Object.keys(OPERATIONS[endpoint]).join(', ')}` };
  }
  for (const name of names) {
    const [holds, words] = OPERATIONS[endpoint][name] ?? ANYTHING;
    const operand = operations[name];
    if (!holds(operand)) return invalidField(name, words);
    const failure = isJsonObject(operand) ? checkProperties(name, operand) : undefined;
    if (failure !== undefined) return failure;
  }
  return undefined;
}

function checkProperties(operation: string, properties: JsonObject): Failure | undefined {
  const entries = Object.entries(properties);
  if (entries.length > LIMITS.profileProperties) {
    return invalidField(operation, `must have at most ${LIMITS.profileProperties} properties`);
  }
  for (const [name, value] of entries) {
    const problem = checkValue(value, LIMITS.profileValue);
    if (problem !== undefined) return invalidField(`${operation}.${name}`, problem);
  }
  return undefined;
}

function allOf(value: unknown, holds: (each: unknown) => boolean): boolean {
  return isJsonObject(value) && Object.values(value).every(holds);
}
