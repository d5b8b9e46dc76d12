import type { Event } from '@sentry/node';
import { scrubText } from '../privacy/index.ts';

/**
 * Makes the function that writes the paths of an event's stack frames relative to the application's root, in place: where it is installed, such as
 * in whose home folder, says nothing of the error. Images of debug ids are renamed alike, because Sentry joins them by path.
 */
export function createRelativeFrames(root: string): (event: Event) => void {
  // The last gate sees paths from which a name has been removed.
  const roots = [root, scrubText(root)].map((path) => `${path.replaceAll('\\', '/').replace(/\/$/, '')}/`);
  const relative = (path: string) => {
    const plain = path.replace(/^file:\/\/(?=\/)/, '').replaceAll('\\', '/');
    const known = roots.find((start) => start.length > 1 && plain.startsWith(start));
    return known === undefined ? path : plain.slice(known.length);
  };
  return (event) => {
    for (const { stacktrace } of [...(event.exception?.values ?? []), ...(event.threads?.values ?? [])]) {
      for (const frame of stacktrace?.frames ?? []) {
        if (frame.filename !== undefined) frame.filename = relative(frame.filename);
        if (frame.abs_path !== undefined) frame.abs_path = relative(frame.abs_path);
      }
    }
    for (const image of event.debug_meta?.images ?? []) {
      if ('code_file' in image && typeof image.code_file === 'string') image.code_file = relative(image.code_file);
    }
  };
}
