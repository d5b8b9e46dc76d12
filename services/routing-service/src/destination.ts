/** Names and values together; what is longer is dropped. */
const MAX_LENGTH = 1000;
const CAMPAIGN_NAME = /^utm_\w{1,40}$/;
const OTHER_NAME = /^[^\p{Cc}]{1,100}$/u;

/** A scan address, also behind a proxy that adds a prefix. Proxies merge slashes, and some ignore case. */
const SCAN_PATH = /\/scan\/+([A-Za-z0-9_-]{8,64})\/*$/i;

/** Where a scan leads. */
interface Destination {
  readonly destinationUrl: string;
  /** Whether all parameters are passed on, not only campaign parameters. @default false */
  readonly forwardsQuery?: boolean;
}

/**
 * Adds the campaign parameters (`utm_*`) of a scan to its destination, and its other parameters where the code asks for them. The destination keeps its
 * own values of the same names.
 *
 * @param scanUrl path and query of the request.
 */
export function withParameters({ destinationUrl, forwardsQuery = false }: Destination, scanUrl: string): string {
  const start = scanUrl.indexOf('?');
  // Most codes are printed without a query.
  if (start === -1 || !(forwardsQuery || scanUrl.includes('utm_', start))) return destinationUrl;
  const own = new URL(destinationUrl).searchParams;
  const added = new URLSearchParams();
  for (const [name, value] of new URLSearchParams(scanUrl.slice(start + 1))) {
    if (own.has(name)) continue;
    if (CAMPAIGN_NAME.test(name)) {
      if (!added.has(name)) added.append(name, value);
    } else if (forwardsQuery && OTHER_NAME.test(name)) added.append(name, value);
  }
  const query = added.toString();
  if (query === '' || query.length > MAX_LENGTH) return destinationUrl;
  // By hand: the destination's own query stays as it was written.
  const hash = destinationUrl.indexOf('#');
  const end = hash === -1 ? destinationUrl.length : hash;
  const address = destinationUrl.slice(0, end);
  const separator = !address.includes('?') ? '?' : /[?&]$/.test(address) ? '' : '&';
  return `${address}${separator}${query}${destinationUrl.slice(end)}`;
}

/**
 * Returns the id in a destination that has the path of a scan address, under any origin: new custom origins are not known here, and ids are random enough
 * to tell codes of ours from those of others.
 */
export function nextCodeId(destinationUrl: string): string | undefined {
  // Most destinations are none, and parsing takes some microseconds.
  if (!/scan|%/i.test(destinationUrl)) return undefined;
  return SCAN_PATH.exec(decodedPath(destinationUrl))?.[1];
}

/** The path as routers read it. */
function decodedPath(url: string): string {
  const { pathname } = new URL(url);
  try {
    return decodeURIComponent(pathname);
  } catch {
    // Routers refuse what cannot be decoded.
    return pathname;
  }
}
