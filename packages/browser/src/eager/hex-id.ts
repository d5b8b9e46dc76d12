/** A random id of `2 * bytes` hex digits; 16 bytes are the form of Sentry's event ids and of trace ids, 8 that of span ids. */
export function hexId(bytes = 16): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(bytes)), (byte) => (byte + 256).toString(16).slice(1)).join(
    '',
  );
}
