/** A word of a path, such as `users` or `v2`: what holds other characters or is longer may be an id, a name or a token. */
const WORD = /^(?:[a-z][a-z_-]{0,31}|v\d{1,3})?$/i;
const ADDRESS = /^([a-z][a-z0-9+.-]{0,20}:\/\/[^/?#]*)?([^?#]*)/i;

/**
 * Returns the origin of a URL and its path with `:id` in the place of each segment that is no plain word, without query and fragment.
 *
 * @param own origin that is left out.
 * @example urlPattern('https://api.example/users/17?token=x') // 'https://api.example/users/:id'
 */
export function urlPattern(url: string, own?: string): string {
  const [, origin = '', path = ''] = ADDRESS.exec(url) ?? [];
  const words = path.split('/').map((segment) => (WORD.test(segment) || segment.startsWith(':') ? segment : ':id'));
  return `${origin === own ? '' : withoutCredentials(origin)}${words.join('/')}`;
}

/** Returns the origin of a URL as it is written, such as `https://api.example`; empty for a path. */
export function originOf(url: string): string {
  return ADDRESS.exec(url)?.[1] ?? '';
}

function withoutCredentials(origin: string): string {
  return origin.replace(/\/\/.*@/, '//');
}
