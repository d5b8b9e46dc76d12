/** Reduces a URL or path to origin and path: query, fragment and credentials are cut off. */
export function stripUrl(url: string): string {
  const end = url.search(/[?#]/);
  const path = end === -1 ? url : url.slice(0, end);
  return path.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/]*@/i, '$1');
}
