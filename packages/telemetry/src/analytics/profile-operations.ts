import type { TObject } from 'typebox';
import {
  attempt,
  convertList,
  type Hashing,
  isShorter,
  ownKeys,
  type PlannedProperty,
  PROFILE_LISTS,
  plannedProperties,
  readProperty,
  type Sendable,
} from './planned-properties.ts';

/** Called for each property that does not leave. */
type OnLeftOut = (reason: 'unplanned_property' | 'invalid_property', name: string) => void;

/** The operations of a profile update that can leave. */
export interface PlannedOperations {
  readonly operations: Readonly<Record<string, unknown>>;
  /** Whether anything was left out. */
  readonly isReduced: boolean;
}

type Operator = (property: PlannedProperty, value: unknown) => Sendable | undefined;

const whole: Operator = ({ convert }, value) => convert(value);
const element: Operator = ({ convertElement }, value) => convertElement(value);

/** What each operator takes for one property. Mixpanel reference, profiles. */
const OPERATORS: Readonly<Record<string, Operator>> = {
  $set: whole,
  $set_once: whole,
  $append: element,
  $remove: element,
  $add: (property, value) => {
    const converted = property.convertElement(value);
    return typeof converted === 'number' ? converted : undefined;
  },
  $union: ({ convertElement }, value) =>
    convertList(Array.isArray(value) ? value : [value], convertElement, PROFILE_LISTS),
};

/**
 * Compiles the plan's profile into the function that picks, from a profile update, what can leave. An operation with nothing left is left out.
 *
 * @returns for each operation, such as `$set`, the planned properties with converted values.
 */
export function compileProfileOperations(
  profile: TObject,
  people: Hashing,
): (given: Readonly<Record<string, unknown>>, onLeftOut: OnLeftOut) => PlannedOperations {
  const planned = plannedProperties(profile, people, PROFILE_LISTS);
  const storedNames = new Set([...planned.values()].flatMap(({ sentAs, isDropped }) => (isDropped ? [] : [sentAs])));

  return (given, report) => {
    const operations: Record<string, unknown> = {};
    let isReduced = false;
    const onLeftOut: OnLeftOut = (reason, name) => {
      isReduced = true;
      report(reason, name);
    };
    for (const [name, operand] of Object.entries(given)) {
      const operator = Object.hasOwn(OPERATORS, name) ? OPERATORS[name] : undefined;
      if (name === '$delete') operations[name] = null;
      else if (name === '$unset') {
        const names = storedNamesOf(operand, onLeftOut);
        if (names.length > 0) operations[name] = names;
      } else if (operator) {
        const values = apply(operator, operand, onLeftOut);
        if (Object.keys(values).length > 0) operations[name] = values;
      } else onLeftOut('unplanned_property', name);
    }
    return { operations, isReduced };
  };

  function apply(operator: Operator, operand: unknown, onLeftOut: OnLeftOut): Record<string, Sendable> {
    const values: Record<string, Sendable> = {};
    if (typeof operand !== 'object' || operand === null) return values;
    for (const name of ownKeys(operand)) {
      const property = planned.get(name);
      if (!property) {
        onLeftOut('unplanned_property', name);
        continue;
      }
      const value = readProperty(operand, name);
      if (property.isDropped || value === undefined || value === null) continue;
      const converted = attempt(() => operator(property, value));
      if (converted === undefined || isShorter(converted, value)) onLeftOut('invalid_property', name);
      if (converted !== undefined) values[property.sentAs] = converted;
    }
    return values;
  }

  /** What was stored under another name, such as a hash, is removed under that name. */
  function storedNamesOf(operand: unknown, onLeftOut: OnLeftOut): string[] {
    const names = new Set<string>();
    for (const name of Array.isArray(operand) ? operand.slice(0, PROFILE_LISTS.elements) : [operand]) {
      const property = planned.get(name);
      if (property && !property.isDropped) names.add(property.sentAs);
      else if (storedNames.has(name)) names.add(name);
      else if (!property) onLeftOut('unplanned_property', typeof name === 'string' ? name : typeof name);
    }
    return [...names];
  }
}
