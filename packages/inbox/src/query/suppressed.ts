import { objectAt, textAt } from '../sentry/fields.ts';
import type { StoredError } from '../store/records.ts';

/** Errors that their sender only counted, as a later event tells of them in `contexts.suppressed`. */
interface Suppressed {
  readonly count: number;
  /** The last of them. */
  readonly ids: readonly string[];
  /** Whether the event was sent for nothing else, and is no error itself. */
  readonly isSummary: boolean;
}

export function suppressedBy({ event }: StoredError): Suppressed {
  const { count, ids, summary } = objectAt(objectAt(event, 'contexts'), 'suppressed');
  return {
    count: typeof count === 'number' ? count : 0,
    ids: Array.isArray(ids) ? ids.filter((id) => typeof id === 'string') : [],
    isSummary: summary === true,
  };
}

/** Makes the function that says to which issue an error belongs: a summary to that of the errors with its fingerprint, when there are any. */
export function issueFinder(errors: Iterable<StoredError>): (error: StoredError) => string {
  const byFingerprint = new Map<string, string>();
  for (const error of errors) {
    const fingerprint = fingerprintOf(error);
    if (fingerprint !== null && !suppressedBy(error).isSummary) byFingerprint.set(fingerprint, error.issueId);
  }
  return (error) => {
    const issueId = suppressedBy(error).isSummary ? byFingerprint.get(fingerprintOf(error) ?? '') : undefined;
    return issueId ?? error.issueId;
  };
}

/** The issue of an error by the id that its user was shown, also when the error itself was only counted. */
export function issueOf(eventId: string, errors: readonly StoredError[]): string | undefined {
  const teller =
    errors.find((error) => error.eventId === eventId) ??
    errors.findLast((error) => suppressedBy(error).ids.includes(eventId));
  return teller && issueFinder(errors)(teller);
}

function fingerprintOf({ event }: StoredError): string | null {
  return textAt(objectAt(event, 'tags'), 'fingerprint');
}
