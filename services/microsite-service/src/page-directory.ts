import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { micrositePage } from './microsite-page.ts';
import { micrositeUrl } from './slug.ts';
import type { Store } from './store.ts';

/** A published microsite as it is sent. */
interface Page {
  readonly micrositeId: string;
  readonly html: string;
  /** Changes whenever the page does. */
  readonly etag: string;
}

/** What a visitor finds. */
export type Lookup =
  | { readonly outcome: 'published'; readonly page: Page }
  | { readonly outcome: 'not_found' }
  | { readonly outcome: 'unavailable'; readonly error: unknown };

/** Finds pages, mostly in memory. */
export interface PageDirectory {
  find(slug: string): Promise<Lookup>;
  /** Has a page read again, as it is no longer what it was. */
  drop(slug: string): void;
}

/** What {@link createPageDirectory} takes. */
export interface PageDirectoryOptions {
  readonly store: Pick<Store, 'findPublished'>;
  /** Origin under which visitors reach microsites. */
  readonly micrositeBaseUrl: string;
  /** Told when the database fails and nobody notices, as an old page stands in. */
  readonly onStandIn: (error: unknown) => void;
  /** How long what another process has changed may go unnoticed. @default 10_000 */
  readonly foundTtlMs?: number;
  /** Short, as a page may be asked for in the moment in which it is published. @default 2000 */
  readonly notFoundTtlMs?: number;
  /** How long an old page stands in before the database is asked again. @default 2000 */
  readonly retryAfterMs?: number;
  /** Of markup; a page has 3 to 300 thousand characters. @default 32 million */
  readonly maxCharacters?: number;
  /** Milliseconds of any clock. @default performance.now */
  readonly now?: () => number;
}

interface Entry {
  readonly page: Page | null;
}

/**
 * Remembers pages as they are sent. A page that many open at once is read once; while the database is down, what was shown goes on being shown.
 */
export function createPageDirectory(options: PageDirectoryOptions): PageDirectory {
  const {
    store,
    micrositeBaseUrl,
    onStandIn,
    foundTtlMs = 10_000,
    notFoundTtlMs = 2000,
    retryAfterMs = 2000,
  } = options;
  const { maxCharacters = 32_000_000, now = () => performance.now() } = options;

  async function readPage(slug: string): Promise<Page | null> {
    const { id, published } = (await store.findPublished(slug)) ?? {};
    if (id === undefined || !published) return null;
    const html = micrositePage(published, micrositeUrl(micrositeBaseUrl, slug));
    return { micrositeId: id, html, etag: `"${createHash('sha256').update(html).digest('base64url')}"` };
  }

  const entries = new LRUCache<string, Entry>({
    maxSize: maxCharacters,
    sizeCalculation: ({ page }, slug) => slug.length + (page?.html.length ?? 0),
    ttl: foundTtlMs,
    perf: { now },
    ttlResolution: 0,
    // Someone who gave up must not take the page from the others who wait for it.
    ignoreFetchAbort: true,
    async fetchMethod(slug, known, { options: entry }) {
      try {
        const page = await readPage(slug);
        if (page === null) entry.ttl = notFoundTtlMs;
        return { page };
      } catch (error) {
        // That there was no page is no reason to say so now.
        if (!known?.page) throw error;
        onStandIn(error);
        entry.ttl = retryAfterMs;
        return known;
      }
    },
  });

  return {
    async find(slug) {
      try {
        const { page } = await entries.forceFetch(slug);
        return page ? { outcome: 'published', page } : { outcome: 'not_found' };
      } catch (error) {
        return { outcome: 'unavailable', error };
      }
    },

    // Also one that is being read: those who wait for it get it, but it is not kept.
    drop(slug) {
      entries.delete(slug);
    },
  };
}
