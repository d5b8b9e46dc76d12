import type { ExportedEvent, ExportedProperty, PlanExport } from '@qr/plan/documents';

/** One difference between two plans. */
export interface PlanChange {
  /** Whether code that sends the event, or a report that reads it, can go wrong. */
  readonly isBreaking: boolean;
  /** The event, or `profile`. */
  readonly subject: string;
  readonly property?: string;
  readonly what: string;
}

/** Every difference between two plans: breaking ones first, then by name. */
export function comparePlans(before: PlanExport, after: PlanExport): PlanChange[] {
  const names = [...new Set([...Object.keys(before.events), ...Object.keys(after.events)])];
  const changes = names.flatMap((name): PlanChange[] => {
    const [old, now] = [own(before.events, name), own(after.events, name)];
    if (old && now) return compareEvents(name, old, now);
    if (old) return [{ isBreaking: true, subject: name, what: `removed${renameOf(old, before, after)}` }];
    return [{ isBreaking: false, subject: name, what: 'added' }];
  });
  return [...changes, ...compareProperties('profile', before.profile, after.profile)].sort(
    (left, right) =>
      Number(right.isBreaking) - Number(left.isBreaking) ||
      order(left.subject, right.subject) ||
      order(left.property ?? '', right.property ?? ''),
  );
}

function compareEvents(subject: string, before: ExportedEvent, after: ExportedEvent): PlanChange[] {
  return [
    ...compareLists(subject, 'sent from', before.surfaces, after.surfaces),
    ...compareLists(subject, 'sent to', before.destinations, after.destinations),
    ...(before.owner === after.owner
      ? []
      : [{ isBreaking: false, subject, what: `owner changed from ${before.owner} to ${after.owner}` }]),
    ...(before.description === after.description ? [] : [{ isBreaking: false, subject, what: 'is described anew' }]),
    ...compareProperties(subject, before.properties, after.properties),
  ];
}

function compareLists(
  subject: string,
  verb: string,
  before: readonly string[],
  after: readonly string[],
): PlanChange[] {
  return [
    ...before
      .filter((entry) => !after.includes(entry))
      .map((entry) => ({ isBreaking: true, subject, what: `no longer ${verb} ${entry}` })),
    ...after
      .filter((entry) => !before.includes(entry))
      .map((entry) => ({ isBreaking: false, subject, what: `${verb} ${entry} as well` })),
  ];
}

type Properties = Readonly<Record<string, ExportedProperty>>;

function compareProperties(subject: string, before: Properties, after: Properties): PlanChange[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((property): PlanChange[] => {
    const [old, now] = [own(before, property), own(after, property)];
    if (old && now)
      return compareProperty(old, now).map(([isBreaking, what]) => ({ isBreaking, subject, property, what }));
    if (old) return [{ isBreaking: true, subject, property, what: 'removed' }];
    // Code that was written before it does not send it.
    if (now?.isRequired) return [{ isBreaking: true, subject, property, what: 'added, and required' }];
    return [{ isBreaking: false, subject, property, what: 'added, optional' }];
  });
}

/** An event that went, and one that came with the same properties, are most likely one event under two names. */
function renameOf(gone: ExportedEvent, before: PlanExport, after: PlanExport): string {
  const schema = schemaOf(gone);
  const candidates = Object.entries(after.events)
    .filter(([name, event]) => !own(before.events, name) && schemaOf(event) === schema)
    .map(([name]) => name)
    .sort();
  // No properties at all are no likeness.
  if (candidates.length === 0 || Object.keys(gone.properties).length === 0) return '';
  return `; likely renamed to ${candidates.join(' or ')}, which has the same properties`;
}

function schemaOf({ properties }: ExportedEvent): string {
  return JSON.stringify(
    Object.entries(properties)
      .map(([name, { description: _, reason: __, ...rest }]) => [name, rest] as const)
      .sort(([left], [right]) => order(left, right)),
  );
}

function own<Value>(record: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

/** By code unit: the same on every machine. */
function order(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

type Found = readonly [isBreaking: boolean, what: string];

/** Rules of JSON Schema of which the larger number allows less. */
const LOWER_BOUNDS = new Set(['minimum', 'exclusiveMinimum', 'minLength', 'minItems']);
const UPPER_BOUNDS = new Set(['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems']);

/** What changed in one property, as pairs of "can break something" and a phrase. */
function compareProperty(before: ExportedProperty, after: ExportedProperty): Found[] {
  return [
    ...compareType(before, after),
    ...compareRules(before.rules ?? {}, after.rules ?? {}),
    ...(before.isRequired === after.isRequired
      ? []
      : [[after.isRequired, after.isRequired ? 'is required now' : 'is optional now'] as const]),
    ...(before.privacy === after.privacy
      ? []
      : [[true, `privacy class changed from ${before.privacy} to ${after.privacy}`] as const]),
    ...(before.description === after.description ? [] : [[false, 'is described anew'] as const]),
    ...(before.reason === after.reason ? [] : [[false, 'has another reason to leave raw'] as const]),
  ];
}

function compareType(before: ExportedProperty, after: ExportedProperty): Found[] {
  if (before.type !== after.type) {
    const isWider = before.type === 'integer' && after.type === 'number' && after.values === undefined;
    return [[!isWider, `type ${isWider ? 'widened' : 'changed'} from ${before.type} to ${after.type}`]];
  }
  if (before.values === undefined && after.values === undefined) return [];
  if (after.values === undefined) return [[false, `any ${after.type} is allowed now`]];
  if (before.values === undefined) return [[true, `only these are allowed now: ${after.values.join(', ')}`]];
  const removed = before.values.filter((value) => !after.values?.includes(value));
  const added = after.values.filter((value) => !before.values?.includes(value));
  return [
    ...(removed.length > 0 ? [[true, `no longer allowed: ${removed.join(', ')}`] as const] : []),
    ...(added.length > 0 ? [[false, `allowed as well: ${added.join(', ')}`] as const] : []),
  ];
}

function compareRules(before: Rules, after: Rules): Found[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names.flatMap((name): Found[] => {
    const [old, now] = [before[name], after[name]];
    if (JSON.stringify(old) === JSON.stringify(now)) return [];
    if (now === undefined) return [[false, `rule ${name} ${JSON.stringify(old)} is gone`]];
    if (old === undefined) return [[true, `has a new rule: ${name} ${JSON.stringify(now)}`]];
    return [
      [!allowsMore(name, old, now), `rule ${name} changed from ${JSON.stringify(old)} to ${JSON.stringify(now)}`],
    ];
  });
}

/** False where that cannot be told, as with patterns. */
function allowsMore(name: string, before: unknown, after: unknown): boolean {
  if (typeof before !== 'number' || typeof after !== 'number') return false;
  return (LOWER_BOUNDS.has(name) && after < before) || (UPPER_BOUNDS.has(name) && after > before);
}

type Rules = Readonly<Record<string, unknown>>;
