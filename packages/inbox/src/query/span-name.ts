import type { StoredSpan } from '../store/records.ts';

type NamedSpan = Pick<StoredSpan, 'name' | 'op' | 'attributes'>;

/**
 * Returns the name to show for a span. A resource of a page is named by its path: browser SDKs give all resources of one
 * host the host's name.
 */
export function spanName(span: NamedSpan): string {
  const path = isResource(span) ? pathOf(span.attributes['url.full'] ?? span.attributes['http.url']) : undefined;
  return path ?? span.name;
}

/** Tells whether a span is a file that a page loaded: a script, a style sheet, an image. */
export function isResource({ op }: Pick<StoredSpan, 'op'>): boolean {
  return op?.startsWith('resource.') === true;
}

function pathOf(url: unknown): string | undefined {
  if (typeof url !== 'string' || url === '') return undefined;
  if (url.startsWith('/')) return url;
  return URL.canParse(url) ? new URL(url).pathname : undefined;
}
