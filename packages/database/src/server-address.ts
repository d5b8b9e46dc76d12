/**
 * The `host:port` of a connection string, which is all that may be shown of it.
 *
 * @throws if the text is no `postgres://` URL; the message leaves the text out, as it may hold a password.
 */
export function serverAddress(url: string): string {
  // Not `new URL` alone: its error carries the input.
  if (!/^postgres(ql)?:\/\//.test(url) || !URL.canParse(url)) {
    throw new Error('DATABASE_URL must be of the form postgres://user:password@host:port/database.');
  }
  const { hostname, port } = new URL(url);
  return `${decodeURIComponent(hostname) || 'localhost'}:${port || '5432'}`;
}
