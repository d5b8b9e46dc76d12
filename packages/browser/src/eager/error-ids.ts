import { hexId } from './hex-id.ts';

const ids = new WeakMap<object, string>();

/**
 * The id under which an error is reported. The same error object has the same id wherever it is caught again,
 * so that what a page shows is what Sentry stores; a thrown string gets a new id each time.
 */
export function errorIdOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return hexId();
  const id = ids.get(error) ?? hexId();
  ids.set(error, id);
  return id;
}
