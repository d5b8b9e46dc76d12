import { textAt } from '../sentry/fields.ts';
import type { StoredSpan } from '../store/records.ts';

/** Files that a page is made of. Pictures of codes and downloads are routes with parameters, which are no files. */
const ASSET_FILE = /\.(?:m?js|css|map|png|jpe?g|gif|webp|avif|svg|ico|woff2?|ttf|otf|webmanifest)$/i;
const PARAMETER = /[:{[*]/;

/** Whether a span is about a script, style, image or font of a page: loading it, or serving it. */
export function isAsset(span: StoredSpan): boolean {
  if (span.op?.startsWith('resource.') === true) return true;
  if (span.op !== 'http.server' && span.op !== 'http.client') return false;
  const route = pathIn(span.name);
  if (route !== null && !PARAMETER.test(route)) return ASSET_FILE.test(route);
  // A route such as `GET /*` serves pages, too; one with a named parameter is the application's own.
  return (route === null || route.endsWith('*')) && ASSET_FILE.test(addressPath(span) ?? '');
}

/** The path in the name of a request: `/a.js` of `GET http://localhost/a.js?v=1`. */
function pathIn(name: string): string | null {
  const address = name.replace(/^[A-Z]+ /, '');
  return pathOf(address);
}

function addressPath({ attributes }: StoredSpan): string | null {
  for (const key of ['url.path', 'url.full', 'http.url', 'http.target', 'url']) {
    const address = textAt(attributes, key);
    if (address !== null) return pathOf(address);
  }
  return null;
}

function pathOf(address: string): string | null {
  const [, path] = /^(?:[a-z][a-z\d+.-]*:\/\/[^/?#]*)?(\/[^?#]*)/i.exec(address) ?? [];
  return path ?? null;
}
