import { changesBetween, type FieldChange, type Fields } from './fields.ts';

/** Sentry's own words, as its pages have them. */
export type ObjectKind = 'monitor' | 'alert' | 'dashboard';

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
export interface Wanted {
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
