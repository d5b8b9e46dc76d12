/**
 * Joins the paths of nested routes into one pattern, such as `/qr/:qrId`: the name of a page or a request that holds no ids.
 * Layout routes without a path add nothing.
 *
 * @example routePattern(['/', 'qr', ':qrId']) // '/qr/:qrId'
 */
export function routePattern(paths: readonly (string | undefined)[]): string {
  const segments = paths.flatMap((path) => (path ?? '').split('/')).filter((segment) => segment !== '');
  return `/${segments.join('/')}`;
}
