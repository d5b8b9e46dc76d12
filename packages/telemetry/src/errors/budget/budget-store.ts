/**
 * Where the error budget keeps its lines. Lines are short, hold no line break, and mean something only in their order.
 *
 * What an implementation owes: lines of one process stay in order; every process has its own; the lines of a process that has ended are handed
 * to exactly one other, whole but for a last line that was cut off. No call throws, or takes longer than a write to a page cache: a store behind
 * a network writes from memory, behind the caller's back, and is then exact up to what it had not written when the process was killed.
 */
export interface BudgetStore {
  /** Takes over what ended processes left, a list of lines for each. The caller makes it its own with the `replace` that must follow. */
  takeOver(): readonly (readonly string[])[];
  /** Adds a line; kept once the loop turn ends, or at the next `commit`. */
  append(line: string): void;
  /** Keeps what was appended now. */
  commit(): void;
  /** Puts these lines in the place of all that was appended and taken over, at once or not at all: then `isLong` stays true. */
  replace(lines: readonly string[]): void;
  /** Whether a `replace` is due: much was appended, or something could not be. */
  readonly isLong: boolean;
  /** Leaves what is there to another process. */
  close(): void;
}

/** The store of a process without a disk: a restart forgets. */
export const noStore: BudgetStore = {
  takeOver: () => [],
  append() {},
  commit() {},
  replace() {},
  isLong: false,
  close() {},
};
