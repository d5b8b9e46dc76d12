import { stripUrl } from '@qr/telemetry/privacy';
import type { StackFrame } from '@sentry/core';

/** `at fn (https://…:1:2)` and `at https://…:1:2` of Chromium, `fn@https://…:1:2` of Firefox and Safari. */
const LINE =
  /^\s*(?:at (?:(?<chromium>[^(]*) \()?|(?<others>[^@]*)@)?(?<file>(?:https?|blob|file):[^\s()]*):(?<line>\d+):(?<column>\d+)\)?$/;
const MAX_FRAMES = 50;
const MAX_LINE_LENGTH = 1000;

/**
 * The frames of a stack as a browser prints it, the outermost call first, as Sentry wants them.
 *
 * @param location where it was thrown, for what has no stack.
 */
export function framesOf(
  stack: string | undefined,
  location: { readonly filename?: unknown; readonly lineno?: unknown; readonly colno?: unknown } | undefined,
): StackFrame[] {
  const frames = (stack ?? '').split('\n').flatMap((line) => {
    const {
      chromium,
      others,
      file = '',
      line: lineno,
      column,
    } = LINE.exec(line.slice(0, MAX_LINE_LENGTH))?.groups ?? {};
    return lineno === undefined ? [] : [frame(chromium ?? others, file, Number(lineno), Number(column))];
  });
  const { filename, lineno, colno } = location ?? {};
  if (frames.length === 0 && typeof filename === 'string' && filename !== '') {
    return [frame(undefined, filename, Number(lineno), Number(colno))];
  }
  return frames.slice(0, MAX_FRAMES).reverse();
}

function frame(name: string | undefined, file: string, lineno: number, colno: number): StackFrame {
  return { function: name || '?', filename: stripUrl(file), lineno, colno, in_app: true };
}
