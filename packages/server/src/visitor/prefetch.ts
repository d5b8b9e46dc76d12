import type { VisitorRequest } from './visitor-id.ts';

/**
 * Whether a browser asks in advance, for a page that the person may never open: nobody has visited anything yet.
 * https://wicg.github.io/nav-speculation/prefetch.html#sec-purpose-header; the other two are how Safari and old versions of Firefox say it.
 */
export function isPrefetch({ headers }: Pick<VisitorRequest, 'headers'>): boolean {
  const purpose = headers['sec-purpose'] ?? headers['purpose'] ?? headers['x-purpose'] ?? headers['x-moz'];
  return typeof purpose === 'string' && /^(?:prefetch|preview|prerender)\b/i.test(purpose.trim());
}
