import type { Plan } from '../define-plan.ts';
import type { Surface } from '../event.ts';
import { isPerson, type PrivacyClass, privacyOf, reasonOf, sentName } from '../privacy.ts';
import { IsOptional, type TObject, type TSchema } from '../typebox.ts';

/** The tracking plan as plain data: the same plan is always the same text. */
export interface PlanExport {
  readonly events: Readonly<Record<string, ExportedEvent>>;
  readonly profile: Readonly<Record<string, ExportedProperty>>;
  /** The events that the library sends by itself; absent where the plan has none. */
  readonly identify?: string;
  readonly revenue?: string;
  readonly pageView?: string;
  readonly probe?: string;
}

/** An event as plain data. */
export interface ExportedEvent {
  readonly description: string;
  readonly owner: string;
  readonly surfaces: readonly Surface[];
  readonly destinations: readonly string[];
  readonly properties: Readonly<Record<string, ExportedProperty>>;
}

/** A property as plain data. */
export interface ExportedProperty {
  readonly description: string;
  /** As JSON Schema names it. */
  readonly type: string;
  /** The closed list that a value is one of; absent where any value of the type will do. */
  readonly values?: readonly (string | number | boolean)[];
  /** What else JSON Schema says of the value, such as `minimum` and `pattern`. */
  readonly rules?: Readonly<Record<string, unknown>>;
  readonly isRequired: boolean;
  readonly privacy: PrivacyClass;
  /** Whether it holds a user's id, which erasure looks for; absent where not. */
  readonly isPerson?: true;
  /** Why a personal field, or a text that is not searched, leaves raw. */
  readonly reason?: string;
  /** The name under which it leaves; absent where it never does. */
  readonly sentAs?: string;
}

type Literal = string | number | boolean;

/** Writes the plan as plain data, in the plan's order. @throws Error that names a property whose kind of schema has no plain form. */
export function exportPlan(plan: Plan): PlanExport {
  const events = Object.entries(plan.events).map(
    ([name, { description, owner, surfaces, destinations, schema }]): [string, ExportedEvent] => [
      name,
      { description, owner, surfaces, destinations, properties: exportProperties(`event "${name}"`, schema) },
    ],
  );
  return {
    events: Object.fromEntries(events),
    profile: exportProperties('profile', plan.profile),
    ...(plan.identify !== undefined && { identify: plan.identify }),
    ...(plan.revenue !== undefined && { revenue: plan.revenue }),
    ...(plan.pageView !== undefined && { pageView: plan.pageView }),
    ...(plan.probe !== undefined && { probe: plan.probe }),
  };
}

function exportProperties(where: string, schema: TObject): Record<string, ExportedProperty> {
  return Object.fromEntries(
    Object.entries(schema.properties).map(([name, property]) => [
      name,
      exportProperty(`${where}, property "${name}"`, name, property),
    ]),
  );
}

function exportProperty(subject: string, name: string, schema: TSchema): ExportedProperty {
  // What TypeBox keeps to itself is not enumerable: what remains is JSON Schema and our own keywords.
  const {
    description = '',
    type,
    anyOf,
    const: only,
    privacy: _,
    reason: __,
    person: ___,
    ...rules
  } = schema as Keywords;
  const values = anyOf ? anyOf.flatMap(({ const: value }) => value ?? []) : only === undefined ? undefined : [only];
  const types = values ? [...new Set(values.map((value) => typeof value))] : [];
  const privacy = privacyOf(schema);
  const reason = reasonOf(schema);
  const typeName = type ?? (types.length === 1 && values?.length === anyOf?.length ? types[0] : undefined);
  if (typeName === undefined)
    throw new Error(`${subject}: expected a type such as Type.String() or a union of literals of one type.`);
  return {
    description,
    type: typeName,
    ...(values && { values }),
    ...(Object.keys(rules).length > 0 && { rules }),
    isRequired: !IsOptional(schema),
    privacy,
    ...(isPerson(schema) && { isPerson: true }),
    ...(reason && { reason }),
    ...(privacy !== 'drop' && { sentAs: sentName(name, schema) }),
  };
}

interface Keywords {
  readonly description?: string;
  readonly type?: string;
  readonly anyOf?: readonly { readonly const?: Literal }[];
  readonly const?: Literal;
  readonly privacy?: PrivacyClass;
  readonly reason?: string;
  readonly person?: boolean;
  readonly [keyword: string]: unknown;
}
