/**
 * Where the next page begins, by the `Link` header of Sentry's lists; `undefined` after the last. Sentry names a next page always, and says
 * with `results` whether anything is on it. Only the cursor is taken: an address from an answer must not decide where the token goes.
 */
export function nextCursor(link: string | null): string | undefined {
  for (const part of (link ?? '').split(/,\s*(?=<)/)) {
    const attributes = new Map(
      [...part.matchAll(/;\s*(\w+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]),
    );
    if (attributes.get('rel') === 'next' && attributes.get('results') === 'true') return attributes.get('cursor');
  }
  return undefined;
}
