/** Characters that have no place in the base address of a server; `@` would hold credentials, which no transport sends. */
const FORBIDDEN = /[\s\\?#@,<>"'|^`{}]/;
const HOST = /^(?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?\.)*[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?\.?$|^\[[0-9a-f:.]+\]$/i;

/**
 * Returns the base address that a text stands for, without a slash at the end; `undefined` when it is not usable. A host without a scheme gets
 * `https://`, a path is kept.
 */
export function toBaseUrl(text: string): string | undefined {
  if (FORBIDDEN.test(text)) return undefined;
  const address = withScheme(text);
  if (address === undefined || !URL.canParse(address)) return undefined;
  const { origin, hostname, pathname } = new URL(address);
  if (!HOST.test(hostname) || pathname.includes('//')) return undefined;
  return origin + pathname.replace(/\/$/, '');
}

function withScheme(text: string): string | undefined {
  if (/^https?:\/\/[^/]/i.test(text)) return text;
  const host = /^(?:\/\/)?([^/]+)/.exec(text)?.[1] ?? '';
  // A single word is more likely a slip, such as `eu` or the `https` of `https//host`, than the name of a machine.
  const isHost = /\.|^localhost$|:\d+$/i.test(host) && !/:(?!\d+$)/.test(host.replace(/^\[.*\]/, ''));
  return isHost ? `https://${text.replace(/^\/\//, '')}` : undefined;
}
