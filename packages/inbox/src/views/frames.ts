import type { ExceptionView } from '../query/exceptions.ts';
import { textAt } from '../sentry/fields.ts';
import type { JsonObject } from '../store/records.ts';
import type { EditorLink } from './editor-links.ts';

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
export async function exceptionDetails(
  exceptions: readonly ExceptionView[],
  linkOf: EditorLink,
): Promise<ExceptionDetail[]> {
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
