import { hexId } from './hex-id.ts';

/** So long the same thrown text is the same error: React tells of it twice, once by a boundary and once by a handler of the root. */
const SAME_TEXT_MS = 1000;

const ids = new WeakMap<object, string>();
let last: { readonly thrown: unknown; readonly id: string; readonly at: number } | undefined;

/**
 * The id under which an error is reported. The same error object has the same id wherever it is caught again, so that what a page shows is what
 * Sentry stores; a thrown string is the same within a second.
 */
export function errorIdOf(error: unknown): string {
  if (typeof error === 'object' && error !== null) {
    const id = ids.get(error) ?? hexId();
    ids.set(error, id);
    return id;
  }
  const at = Date.now();
  if (last && last.thrown === error && at - last.at < SAME_TEXT_MS) return last.id;
  last = { thrown: error, id: hexId(), at };
  return last.id;
}
