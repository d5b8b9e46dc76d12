/** A word of a path, such as `users` or `v2`: what holds other characters or is longer may be an id, a name or a token. */
const WORD = /^(?:[a-z][a-z_-]{0,31}|v\d{1,2})$/i;

/**
 * Returns the origin of a URL and its path with `:id` in the place of each segment that is no plain word, without query and fragment.
 *
 * @example urlPattern('https://api.example/users/17?token=x') // 'https://api.example/users/:id'
 */
export function urlPattern(url: string): string {
  if (!URL.canParse(url)) return '';
  const { protocol, host, pathname } = new URL(url);
  const path = pathname.split('/').map((segment) => (segment === '' || WORD.test(segment) ? segment : ':id'));
  return `${protocol}//${host}${path.join('/')}`;
}
