import type { SentryApi, SentryPath } from '../sentry-api/sentry-api.ts';

/** Sentry's own words, as its pages have them. */
type ObjectKind = 'monitor' | 'alert' | 'dashboard';

/**
 * What is to be done about an object. `not_ours`: one of this name is without our mark, so that it is someone's. `ambiguous`: there are
 * several of this name. `blocked`: what it depends on is one of these. `gone`: ours, and no longer in the file.
 */
export type Verdict = 'create' | 'change' | 'unchanged' | 'not_ours' | 'ambiguous' | 'blocked' | 'gone';

/** One line of a plan. */
export interface PlanItem {
  readonly kind: ObjectKind;
  /** As the vendor has it, mark included. */
  readonly name: string;
  readonly verdict: Verdict;
  /** `null` as long as there is none, or several. */
  readonly id: string | null;
  readonly changes: readonly FieldChange[];
  /** Why nothing is done, and what a person can do. */
  readonly advice?: string;
}

/** What the vendor has, with the name as in the file: without our mark. */
export interface Found {
  readonly id: string;
  readonly name: string;
  readonly isOurs: boolean;
}

/** What the file asks for. */
interface Wanted {
  readonly kind: ObjectKind;
  readonly name: string;
  /** As the vendor is to have it. */
  readonly fullName: string;
  readonly fields: Fields;
  /** What one does to hand over an object that has no mark. */
  readonly handover: string;
}

/** Finds the one object that an entry of the file is about, and compares. */
export function judge<F extends Found>(wanted: Wanted, all: readonly F[], fieldsOf: (found: F) => Fields): PlanItem {
  const { kind, fullName: name } = wanted;
  const [found, ...others] = all.filter((candidate) => candidate.name === wanted.name);
  if (!found) return { kind, name, id: null, verdict: 'create', changes: changesBetween({}, wanted.fields) };
  if (others.length > 0) {
    const ids = [found, ...others].map(({ id, isOurs }) => `${id}${isOurs ? ' (ours)' : ''}`).join(', ');
    const advice = `There are several of the name "${wanted.name}": ${ids}. Delete or rename all but one at Sentry.`;
    return { kind, name, id: null, verdict: 'ambiguous', changes: [], advice };
  }
  if (!found.isOurs) {
    const advice = `One of the name "${wanted.name}" is there and not ours: rename it, or ${wanted.handover} to hand it over.`;
    return { kind, name, id: found.id, verdict: 'not_ours', changes: [], advice };
  }
  const changes = changesBetween(fieldsOf(found), wanted.fields);
  return { kind, name, id: found.id, verdict: changes.length > 0 ? 'change' : 'unchanged', changes };
}

/** Ours, and no longer in the file. */
export function isGone({ isOurs, name }: Found, inFile: ReadonlySet<string>): boolean {
  return isOurs && !inFile.has(name);
}

/**
 * What we manage of an object, field by field as a person reads it: the same from our side and from the vendor's, so that comparing and
 * showing are one. What the vendor adds (ids, dates, who made it) is not in it, and so is never a difference.
 */
export type Fields = Readonly<Record<string, string>>;

/** One field that is not as the file says. */
export interface FieldChange {
  readonly field: string;
  /** Absent when the vendor has no such field yet. */
  readonly from?: string;
  /** Absent when the file no longer has it. */
  readonly to?: string;
}

/** What would have to change. */
function changesBetween(found: Fields, wanted: Fields): readonly FieldChange[] {
  const fields = new Set([...Object.keys(wanted), ...Object.keys(found)]);
  return [...fields]
    .filter((field) => found[field] !== wanted[field])
    .map((field) => ({
      field,
      ...(found[field] === undefined ? {} : { from: found[field] }),
      ...(wanted[field] === undefined ? {} : { to: wanted[field] }),
    }));
}

/**
 * How we know our own objects. A monitor says it in its description. Alerts and dashboards of Sentry have none, so that their names say it,
 * with the project, as names are shared by the whole organization. Whoever takes the mark away takes the object over; whoever adds it gives it to us.
 */
export interface NameMark {
  readonly add: (name: string) => string;
  /** @returns the name without the mark, or `undefined` where there is none. */
  readonly strip: (name: string) => string | undefined;
  /** As a person reads it. */
  readonly text: string;
}

/** The mark in names, for the objects of one project. */
export function nameMark(project: string): NameMark {
  const text = `[qr-obs: ${project}]`;
  return {
    text,
    add: (name) => `${name} ${text}`,
    strip: (name) => (name.endsWith(` ${text}`) ? name.slice(0, -text.length - 1) : undefined),
  };
}

/** The mark in the descriptions of monitors. */
export const DESCRIPTION_MARK = 'Managed by qr-obs from observability/alerts.ts.';

/** A line of a plan, and how to do it. */
export interface Step {
  readonly item: PlanItem;
  /** Creates, changes or deletes; resolves with the object's id. Called for these verdicts only, in the order of the plan. */
  readonly perform: () => Promise<string>;
}

/** How to delete what is no longer in the file. @param fullName as the vendor has it. */
export function goneStep(api: SentryApi, kind: ObjectKind, id: string, fullName: string, path: SentryPath): Step {
  return {
    item: { kind, name: fullName, id, verdict: 'gone', changes: [] },
    perform: () => api.remove(path).then(() => id),
  };
}

type Deed = 'created' | 'changed' | 'deleted' | 'unchanged' | 'left alone';

/** What became of a line of the plan. */
export interface AppliedItem extends PlanItem {
  readonly deed: Deed;
}

const DEEDS: Readonly<Record<Verdict, Deed>> = {
  create: 'created',
  change: 'changed',
  gone: 'deleted',
  unchanged: 'unchanged',
  not_ours: 'left alone',
  ambiguous: 'left alone',
  blocked: 'left alone',
};

/** Does what a plan says, in its order. @param onDone told after each deed: should a later one fail, it is known how far this came. */
export async function applySteps(
  steps: readonly Step[],
  { prune }: { readonly prune: boolean },
  onDone: (item: AppliedItem) => void,
): Promise<readonly AppliedItem[]> {
  const applied: AppliedItem[] = [];
  for (const { item, perform } of steps) {
    const deed = item.verdict === 'gone' && !prune ? 'left alone' : DEEDS[item.verdict];
    const isWork = deed === 'created' || deed === 'changed' || deed === 'deleted';
    const done = { ...item, deed, ...(isWork ? { id: await perform() } : {}) };
    if (isWork) onDone(done);
    applied.push(done);
  }
  return applied;
}
