import type { ExportedProperty } from '@qr/plan/documents';

type Found = readonly [isBreaking: boolean, what: string];

/** Rules of JSON Schema of which the larger number allows less. */
const LOWER_BOUNDS = new Set(['minimum', 'exclusiveMinimum', 'minLength', 'minItems']);
const UPPER_BOUNDS = new Set(['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems']);

/** What changed in one property, as pairs of "can break something" and a phrase. */
export function compareProperty(before: ExportedProperty, after: ExportedProperty): Found[] {
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
