import type { ExportedEvent, ExportedProperty, PlanExport } from '@qr/plan/documents';
import { compareProperty } from './compare-property.ts';
import type { PlanChange } from './plan-change.ts';

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
