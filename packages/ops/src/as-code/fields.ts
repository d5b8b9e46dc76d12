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
export function changesBetween(found: Fields, wanted: Fields): readonly FieldChange[] {
  const fields = new Set([...Object.keys(wanted), ...Object.keys(found)]);
  return [...fields]
    .filter((field) => found[field] !== wanted[field])
    .map((field) => ({
      field,
      ...(found[field] === undefined ? {} : { from: found[field] }),
      ...(wanted[field] === undefined ? {} : { to: wanted[field] }),
    }));
}
