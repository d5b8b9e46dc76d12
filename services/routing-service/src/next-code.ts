/** A scan address, also behind a proxy that adds a prefix. Proxies merge slashes, and some ignore case. */
const SCAN_PATH = /\/scan\/+([A-Za-z0-9_-]{8,64})\/*$/i;

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
