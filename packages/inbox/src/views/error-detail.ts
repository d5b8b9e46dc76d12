import type { ExceptionView } from '../query/error-parts.ts';
import { type IssueEvent, issueFinder, toIssueEvent } from '../query/issues.ts';
import { textAt } from '../sentry/fields.ts';
import type { JsonObject, StoredError } from '../store/records.ts';
import type { EditorLink } from './editor-links.ts';

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

/** One call of a stack as the page shows it. */
export interface FrameView {
  readonly frame: JsonObject;
  /** Whether it is the application's own code, not a library's or the runtime's. */
  readonly isOwn: boolean;
  /** The address at which the user's editor opens it. */
  readonly editorUrl: string | null;
}

/** An exception with the call that threw first. */
export interface ExceptionDetail extends Omit<ExceptionView, 'frames'> {
  readonly frames: readonly FrameView[];
}

/** Beyond these, frames get no link: an event may have thousands of them. */
const LINKED_FRAMES = 250;

const VENDOR =
  /(?:^|\/)(?:node_modules|site-packages|dist-packages|vendor|gems)\/|^node:|^internal\/|^<|^\[native code\]|^\/usr\/(?:lib|local\/lib)\//;

/** Makes what the page shows of the exceptions of an error. */
async function exceptionDetails(exceptions: readonly ExceptionView[], linkOf: EditorLink): Promise<ExceptionDetail[]> {
  let linked = 0;
  const details: ExceptionDetail[] = [];
  for (const { frames, ...exception } of exceptions) {
    const views: FrameView[] = [];
    for (const frame of frames.toReversed()) {
      linked += 1;
      const editorUrl = linked <= LINKED_FRAMES ? await linkOf(frame) : null;
      views.push({ frame, isOwn: isOwn(frame), editorUrl });
    }
    details.push({ ...exception, frames: views });
  }
  return details;
}

/** As the SDK says; when it does not say, by the path. */
function isOwn(frame: JsonObject): boolean {
  if (typeof frame['in_app'] === 'boolean') return frame['in_app'];
  const path = textAt(frame, 'filename') ?? textAt(frame, 'abs_path') ?? textAt(frame, 'module');
  return path !== null && !VENDOR.test(path);
}
