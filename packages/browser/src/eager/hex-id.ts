/** A random id of 32 hex digits: the form of Sentry event ids and of trace ids. */
export function hexId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
