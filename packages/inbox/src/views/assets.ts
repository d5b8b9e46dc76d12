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
  const address = addressPath(span);
  if (isCatchAll(span.name)) {
    // It serves the files of a page. Where the sender hides addresses, the pattern stands in their place.
    return address === null || PARAMETER.test(address) || ASSET_FILE.test(address);
  }
  if (route === null) return ASSET_FILE.test(address ?? '');
  return !PARAMETER.test(route) && ASSET_FILE.test(route);
}

/** Returns the path of an asset, by which a reader knows it; else the name of the span. */
export function spanTitle(span: StoredSpan): string {
  const address = isAsset(span) ? addressPath(span) : null;
  return address === null || PARAMETER.test(address) ? span.name : address;
}

function isCatchAll(name: string): boolean {
  return /^(?:GET|HEAD) \/?\*$/.test(name);
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
