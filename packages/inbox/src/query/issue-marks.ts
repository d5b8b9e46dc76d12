import { readFile, rename, writeFile } from 'node:fs/promises';
import Type from 'typebox';
import { Check } from 'typebox/value';

/** What a reader has decided about an issue; without a mark it is unresolved. */
export interface IssueMark {
  readonly status: 'resolved' | 'ignored';
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** The last error of the issue when it was marked. A later one makes a resolved issue regress. */
  readonly lastId: number;
}

/** The marks of all issues. They outlive the errors: an ignored issue stays ignored after a clear. */
export interface IssueMarks {
  all(): ReadonlyMap<string, IssueMark>;
  /** @param mark null makes the issue unresolved */
  set(issueId: string, mark: IssueMark | null): void;
  /** Resolves once every change is on disk. */
  close(): Promise<void>;
}

/** Beyond these the mark that was set first goes. */
const MOST_MARKS = 10_000;
const OWNER_ONLY = 0o600;

const Stored = Type.Record(
  Type.String(),
  Type.Object({
    status: Type.Union([Type.Literal('resolved'), Type.Literal('ignored')]),
    at: Type.Number(),
    lastId: Type.Number(),
  }),
);

/**
 * Opens the marks.
 * @param file JSON, read now and replaced with each change; undefined keeps them in memory
 * @param onError called when the file cannot be read or written
 */
export async function openIssueMarks(
  file: string | undefined,
  onError: (error: unknown) => void = () => undefined,
): Promise<IssueMarks> {
  const marks = new Map<string, IssueMark>(file === undefined ? [] : await readMarks(file, onError));
  let writing: Promise<void> = Promise.resolve();
  let isScheduled = false;

  const save = (): void => {
    if (file === undefined || isScheduled) return;
    isScheduled = true;
    writing = writing.then(async () => {
      isScheduled = false;
      try {
        await writeFile(`${file}.new`, JSON.stringify(Object.fromEntries(marks)), { mode: OWNER_ONLY });
        await rename(`${file}.new`, file);
      } catch (error) {
        onError(error);
      }
    });
  };

  return {
    all: () => marks,
    set(issueId, mark) {
      marks.delete(issueId);
      if (mark !== null) marks.set(issueId, mark);
      const [oldest] = marks.keys();
      if (marks.size > MOST_MARKS && oldest !== undefined) marks.delete(oldest);
      save();
    },
    close: () => writing,
  };
}

async function readMarks(file: string, onError: (error: unknown) => void): Promise<[string, IssueMark][]> {
  try {
    const value: unknown = JSON.parse(await readFile(file, 'utf8'));
    if (Check(Stored, value)) return Object.entries(value);
    throw new Error(`${file} does not hold the statuses of issues: it is replaced with the next change.`);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) onError(error);
    return [];
  }
}
