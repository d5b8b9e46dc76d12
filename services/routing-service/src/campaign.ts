/** Names and values together; what is longer is no campaign. */
const MAX_LENGTH = 1000;

/**
 * Adds the campaign parameters (`utm_*`) of a scan to its destination, which keeps its own values of the same names. Other parameters of the scan are
 * dropped.
 *
 * @param scanUrl path and query of the request.
 */
export function withCampaign(destinationUrl: string, scanUrl: string): string {
  const start = scanUrl.indexOf('?');
  // Most codes are printed without a query.
  if (start === -1 || !scanUrl.includes('utm_', start)) return destinationUrl;
  const own = new URL(destinationUrl).searchParams;
  const added = new URLSearchParams();
  for (const [name, value] of new URLSearchParams(scanUrl.slice(start + 1))) {
    if (/^utm_\w{1,40}$/.test(name) && !own.has(name) && !added.has(name)) added.append(name, value);
  }
  const query = added.toString();
  if (query === '' || query.length > MAX_LENGTH) return destinationUrl;
  // By hand: the destination's own query stays as it was written.
  const [address = '', fragment] = destinationUrl.split('#', 2);
  const separator = !address.includes('?') ? '?' : /[?&]$/.test(address) ? '' : '&';
  return `${address}${separator}${query}${fragment === undefined ? '' : `#${fragment}`}`;
}
