import { type IssueEvent, toIssueEvent } from '../query/issues.ts';
import { issueFinder } from '../query/suppressed.ts';
import type { StoredError } from '../store/records.ts';
import type { EditorLink } from './editor-links.ts';
import { type ExceptionDetail, exceptionDetails } from './frames.ts';

/** One error of an issue, with the way to the ones beside it. */
export interface ErrorDetail extends Omit<IssueEvent, 'exceptions'> {
  readonly exceptions: readonly ExceptionDetail[];
  readonly issueId: string;
  readonly service: string | null;
  readonly userId: string | null;
  readonly older: string | null;
  readonly newer: string | null;
}

export async function findError(
  errors: readonly StoredError[],
  eventId: string,
  linkOf: EditorLink,
): Promise<ErrorDetail | undefined> {
  const found = errors.findLast((error) => error.eventId === eventId);
  if (found === undefined) return undefined;
  const issueOf = issueFinder(errors);
  const issueId = issueOf(found);
  const ofIssue = errors.filter((error) => issueOf(error) === issueId);
  const index = ofIssue.indexOf(found);
  const { exceptions, ...event } = toIssueEvent(found);
  return {
    ...event,
    exceptions: await exceptionDetails(exceptions, linkOf),
    issueId,
    service: found.service,
    userId: found.userId,
    older: ofIssue[index - 1]?.eventId ?? null,
    newer: ofIssue[index + 1]?.eventId ?? null,
  };
}
