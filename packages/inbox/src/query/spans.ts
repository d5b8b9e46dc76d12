import { textAt } from '../sentry/fields.ts';
import type { StoredSpan } from '../store/records.ts';

type NamedSpan = Pick<StoredSpan, 'name' | 'op' | 'attributes'>;

/**
 * Returns the name to show for a span. A resource of a page is named by its path: browser SDKs give all resources of one
 * host the host's name.
 */
export function spanName(span: NamedSpan): string {
  const path = isResource(span) ? resourcePath(span.attributes['url.full'] ?? span.attributes['http.url']) : undefined;
  return path ?? span.name;
}

/** Tells whether a span is a file that a page loaded: a script, a style sheet, an image. */
export function isResource({ op }: Pick<StoredSpan, 'op'>): boolean {
  return op?.startsWith('resource.') === true;
}

function resourcePath(url: unknown): string | undefined {
  if (typeof url !== 'string' || url === '') return undefined;
  if (url.startsWith('/')) return url;
  return URL.canParse(url) ? new URL(url).pathname : undefined;
}

/** Files that a page is made of. Pictures of codes and downloads are routes with parameters, which are no files. */
const ASSET_FILE = /\.(?:m?js|css|map|png|jpe?g|gif|webp|avif|svg|ico|woff2?|ttf|otf|webmanifest)$/i;
const PARAMETER = /[:{[*]/;

/** Whether a span is about a script, style, image or font of a page: loading it, or serving it. */
export function isAsset(span: StoredSpan): boolean {
  if (isResource(span)) return true;
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

/**
 * Returns the span that a trace is named by: its root. When that has not arrived (it was not sampled, or is still open), the
 * outermost span that has. An asset names a trace only when there is nothing else in it.
 * @param spans at least one
 */
export function rootOf(spans: readonly StoredSpan[]): StoredSpan {
  const ids = new Set(spans.map(({ spanId }) => spanId));
  let best: StoredSpan | undefined;
  let bestRank = Number.POSITIVE_INFINITY;
  for (const span of spans) {
    const rank = rankOf(span, ids);
    // Clocks differ: of equals the one that began first, not the one that arrived first.
    if (rank < bestRank || (rank === bestRank && span.time < (best?.time ?? 0))) {
      best = span;
      bestRank = rank;
    }
  }
  if (best === undefined) throw new Error('a trace has at least one span: grouping is broken');
  return best;
}

/** The lower, the nearer to the root. */
function rankOf(span: StoredSpan, ids: ReadonlySet<string>): number {
  const isParentHere = span.parentSpanId !== null && ids.has(span.parentSpanId);
  const place = span.parentSpanId === null ? 0 : isParentHere ? 2 : 1;
  return (isAsset(span) ? 100 : 0) + place * 10 + kindOf(span);
}

/** Of spans at the same place, a page names a trace before the requests that it made, and a route before what is inside of it. */
function kindOf({ op, isSegment }: StoredSpan): number {
  if (op === 'pageload' || op === 'navigation') return 0;
  if (!isSegment) return 3;
  return op === 'http.client' ? 2 : 1;
}

/** The services of some spans in order of time, the first start, and how long it is from there to the last end. */
export function extentOf(spans: readonly StoredSpan[]): { services: string[]; time: number; durationMs: number } {
  const inOrder = spans.toSorted((left, right) => left.time - right.time);
  const services = new Set(inOrder.map(({ service }) => service).filter((service) => service !== null));
  const time = inOrder[0]?.time ?? 0;
  // A span that ends before it starts, by a clock that was set back, has no duration.
  const end = spans.reduce((latest, span) => Math.max(latest, span.time + span.durationMs), time);
  return { services: [...services], time, durationMs: end - time };
}
