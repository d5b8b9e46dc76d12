import { captureException, type Server, trackEvent, visitorId } from '@qr/common';
import { isPrefetch } from '@qr/common/visitor';
import type { FastifyReply } from 'fastify';
import type { AppContext } from '../app.ts';
import { type DeadEnd, deadEndPage } from '../dead-end-page.ts';
import { viewParams, viewQuery } from '../schemas.ts';
import { contentSecurityPolicy } from '../style.ts';

const STATUS_CODES: Readonly<Record<DeadEnd, number>> = { not_found: 404, unavailable: 503 };

/** `GET /m/:slug` shows a published microsite to everyone. */
export function addViewRoute(app: Server, { pages, describeVisitor }: AppContext): void {
  const schema = { params: viewParams, querystring: viewQuery };
  // People see this answer, so that a slug of the wrong shape gets the page, too, instead of a JSON error.
  app.get('/m/:slug', { schema, attachValidation: true }, async (request, reply) => {
    reply.header('content-security-policy', contentSecurityPolicy);
    if (request.validationError) return showDeadEnd(reply, 'not_found');
    const found = await pages.find(request.params.slug);
    if (found.outcome !== 'published') {
      // One error object for all who waited for the same query, and so one report.
      if (found.outcome === 'unavailable') captureException(found.error, { operation: 'find microsite' });
      return showDeadEnd(reply, found.outcome);
    }

    const { micrositeId, html, etag } = found.page;
    // Link checkers ask with HEAD, browsers in advance: nobody has seen anything.
    if (request.method === 'GET' && !isPrefetch(request)) {
      trackEvent('microsite_viewed', visitorId(request), {
        microsite_id: micrositeId,
        ...scannedCode(request.query.qr),
        ...describeVisitor(request),
      });
    }
    // Each view is asked for, and so counted; only the body is not sent again.
    reply.headers({ 'cache-control': 'no-cache', etag });
    if (isKnown(request.headers['if-none-match'], etag)) return reply.code(304).send();
    return reply.type('text/html; charset=utf-8').send(html);
  });
}

/** The code by which a visitor came. Anyone can write anything there: what is no id of a code is not worth a word. */
function scannedCode(qr: unknown): { readonly qr_id?: string } {
  return typeof qr === 'string' && /^[A-Za-z0-9_-]{8,64}$/.test(qr) ? { qr_id: qr } : {};
}

/** https://www.rfc-editor.org/rfc/rfc9110#section-13.1.2: proxies that compress mark the tag as weak, which makes no difference here. */
function isKnown(ifNoneMatch: string | undefined, etag: string): boolean {
  const tags = ifNoneMatch?.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags?.some((tag) => tag === '*' || tag === etag) ?? false;
}

function showDeadEnd(reply: FastifyReply, reason: DeadEnd): FastifyReply {
  // It is wrong as soon as the page is published.
  reply.header('cache-control', 'no-store');
  return reply.code(STATUS_CODES[reason]).type('text/html; charset=utf-8').send(deadEndPage(reason));
}
