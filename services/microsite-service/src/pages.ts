import { createHash } from 'node:crypto';
import { html, renderDocument } from '@qr/common/pages';
import { createAnswerCache } from '@qr/common/server';
import type { Link } from './schemas.ts';
import type { Snapshot, Store } from './store.ts';

/** A published microsite as it is sent. */
interface Page {
  readonly micrositeId: string;
  readonly html: string;
  /** Changes whenever the page does. */
  readonly etag: string;
}

/** What a visitor finds. */
type Lookup =
  | { readonly outcome: 'published'; readonly page: Page }
  | { readonly outcome: 'not_found' }
  | { readonly outcome: 'unavailable'; readonly error: unknown };

/** Finds pages, mostly in memory. */
export type Pages = ReturnType<typeof createPages>;

export interface PagesOptions {
  readonly store: Pick<Store, 'findPublished'>;
  /** Origin under which visitors reach microsites. */
  readonly micrositeBaseUrl: string;
  /** Called when the database fails and an old page is shown instead. */
  readonly onStandIn: (error: unknown) => void;
  /** Milliseconds of any clock. @default performance.now */
  readonly now?: () => number;
}

/** How long a change by another process may go unnoticed. */
const FOUND_TTL_MS = 10_000;
/** Of markup, in all pages together; a page has 3 to 300 thousand characters. */
const MAX_CHARACTERS = 32_000_000;

/** Renders pages and remembers them; while the database is down, it shows the last version of each. */
export function createPages({ store, micrositeBaseUrl, onStandIn, now }: PagesOptions) {
  const pages = createAnswerCache<Page>({
    fetch: readPage,
    onStandIn,
    foundTtlMs: FOUND_TTL_MS,
    max: MAX_CHARACTERS,
    sizeOf: (page, slug) => slug.length + (page?.html.length ?? 0),
    now,
  });

  async function readPage(slug: string): Promise<Page | null> {
    const { id, published } = (await store.findPublished(slug)) ?? {};
    if (id === undefined || !published) return null;
    const html = renderPage(published, micrositeUrl(micrositeBaseUrl, slug));
    return { micrositeId: id, html, etag: `"${createHash('sha256').update(html).digest('base64url')}"` };
  }

  return {
    async find(slug: string): Promise<Lookup> {
      try {
        const page = await pages.find(slug);
        return page ? { outcome: 'published', page } : { outcome: 'not_found' };
      } catch (error) {
        return { outcome: 'unavailable', error };
      }
    },

    /** Has a page read again because it has changed. */
    drop(slug: string): void {
      pages.forget(slug);
    },
  };
}

/** Where visitors find a microsite. It is printed into codes, so it never changes. */
export function micrositeUrl(baseUrl: string, slug: string): string {
  return `${baseUrl}/m/${slug}`;
}

/** Returns the page that visitors see, with what link previews and search engines ask for. */
function renderPage({ title, description, links }: Snapshot, url: string): string {
  return renderDocument({
    title,
    head: html`<link rel="canonical" href="${url}">
<meta property="og:type" content="website">
<meta property="og:url" content="${url}">
<meta property="og:title" content="${title}">
${
  description === null
    ? ''
    : html`<meta property="og:description" content="${description}">
<meta name="description" content="${description}">`
}`,
    // In any language: each text finds its own direction, and keeps it to itself.
    main: html`<h1 dir="auto">${title}</h1>
${description === null ? '' : html`<p dir="auto">${description}</p>`}
<ul>
${links.map(item)}
</ul>`,
  });
}

/** With the host, as a label may claim anything. */
function item({ label, url }: Link) {
  return html`<li><a href="${url}" rel="noopener noreferrer nofollow ugc"><span dir="auto">${label}</span><small>${new URL(url).host}</small></a></li>`;
}
