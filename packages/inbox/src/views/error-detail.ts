import { existsSync } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ExceptionView } from '../query/error-parts.ts';
import { type IssueEvent, issueFinder, toIssueEvent } from '../query/issues.ts';
import { textAt } from '../sentry/fields.ts';
import type { JsonObject, StoredError } from '../store/records.ts';

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

/** How frames of a stack are opened in an editor. */
export interface EditorOptions {
  /** Only files below it are linked; relative paths of frames begin here. @default the outermost folder with a package.json */
  readonly root?: string | undefined;
  /** Name of an editor, `none`, or an address with `{file}`, `{line}` and `{column}`. @default 'vscode' */
  readonly editor?: string | undefined;
}

/** Returns the address at which the user's editor opens the call; null when the file is not below the root. */
export type EditorLink = (frame: JsonObject) => Promise<string | null>;

/** The longest path that common file systems take. */
const MAX_PATH = 4096;

/**
 * Links frames to files of this machine. A frame is untrusted text: it is linked only when it names a regular file that is below
 * the root after every symbolic link has been followed, and the link is made from that path.
 * @throws Error when the editor is not known.
 */
export function editorLinks({ root = applicationRoot(), editor = 'vscode' }: EditorOptions = {}): EditorLink {
  const toUrl = editorUrl(editor);
  if (toUrl === undefined) return async () => null;
  return async (frame) => {
    const folder = await realpath(root).catch(() => undefined);
    if (folder === undefined) return null;
    for (const path of pathsOf(frame)) {
      const file = await fileBelow(resolve(root), folder, path);
      if (file !== undefined) return toUrl({ file, ...placeOf(frame) });
    }
    return null;
  };
}

/** The original place comes first: behind a source map `abs_path` is that of the bundle. */
function pathsOf(frame: JsonObject): string[] {
  return [textAt(frame, 'filename'), textAt(frame, 'abs_path')].flatMap((name) => {
    const path = name === null ? undefined : pathOf(name);
    return path === undefined ? [] : [path];
  });
}

/** A path on the disk; undefined for addresses, Node's own modules, and what is no path at all. */
function pathOf(name: string): string | undefined {
  if (name.length > MAX_PATH || name.includes('\0')) return undefined;
  if (name.startsWith('app:///')) return name.slice('app:///'.length);
  if (name.startsWith('file://')) return URL.canParse(name) ? toPath(name) : undefined;
  return /^[a-z][a-z\d+.-]*:/i.test(name) || name.startsWith('<') ? undefined : name;
}

function toPath(url: string): string | undefined {
  try {
    return fileURLToPath(url);
  } catch {
    // On another host, or with an encoded slash.
    return undefined;
  }
}

/** @param real the root with every symbolic link followed */
async function fileBelow(root: string, real: string, path: string): Promise<string | undefined> {
  const wanted = resolve(root, path);
  // Before the disk is asked: a frame must not learn which other files exist by how long an answer takes.
  if (!isBelow(root, wanted) && !isBelow(real, wanted)) return undefined;
  try {
    const file = await realpath(wanted);
    return isBelow(real, file) && (await stat(file)).isFile() ? file : undefined;
  } catch {
    return undefined;
  }
}

function isBelow(folder: string, path: string): boolean {
  return path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

function placeOf({ lineno, colno }: JsonObject): Pick<FilePlace, 'line' | 'column'> {
  return { line: positive(lineno), column: positive(colno) };
}

function positive(value: unknown): number {
  return Number.isSafeInteger(value) && Number(value) > 0 ? Number(value) : 1;
}

/** Addresses at which editors open a file, by the name that a user gives. */
const TEMPLATES: Readonly<Record<string, string>> = {
  vscode: 'vscode://file{file}:{line}:{column}',
  'vscode-insiders': 'vscode-insiders://file{file}:{line}:{column}',
  vscodium: 'vscodium://file{file}:{line}:{column}',
  cursor: 'cursor://file{file}:{line}:{column}',
  windsurf: 'windsurf://file{file}:{line}:{column}',
  zed: 'zed://file{file}:{line}:{column}',
  idea: 'idea://open?file={file}&line={line}&column={column}',
  webstorm: 'webstorm://open?file={file}&line={line}&column={column}',
  sublime: 'subl://open?url=file://{file}&line={line}&column={column}',
};

/** A place in a file of this machine. */
interface FilePlace {
  /** An absolute path. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/**
 * Returns the function that makes the address at which an editor opens a place; undefined for `none`.
 * @param editor the name of an editor, or an address with `{file}`, `{line}` and `{column}` in it
 * @throws Error that lists the editors when it is neither.
 */
function editorUrl(editor: string): ((place: FilePlace) => string) | undefined {
  if (editor === 'none') return undefined;
  const template = Object.hasOwn(TEMPLATES, editor) ? TEMPLATES[editor] : editor;
  if (template === undefined || !isTemplate(template)) {
    throw new Error(
      `OBSERVABILITY_EDITOR must be ${Object.keys(TEMPLATES).join(', ')}, none, or an address such as ` +
        `myeditor://open?file={file}&line={line}&column={column}, got "${editor}".`,
    );
  }
  return ({ file, line, column }) =>
    template
      .replaceAll('{line}', String(line))
      .replaceAll('{column}', String(column))
      // Last, and by a function: a path may hold `{line}` or `$&`.
      .replaceAll('{file}', () => file.split('/').map(encodeURIComponent).join('/'));
}

function isTemplate(text: string): boolean {
  return (
    /^[a-z][a-z\d+.-]*:\/\//i.test(text) &&
    !/^(?:javascript|data|vbscript|blob):/i.test(text) &&
    text.includes('{file}')
  );
}

/** Returns the outermost folder at or above `from` that has a `package.json`; `from` itself when there is none. */
function applicationRoot(from: string = process.cwd()): string {
  let root = resolve(from);
  for (let folder = root; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) root = folder;
    if (folder === dirname(folder)) return root;
  }
}
