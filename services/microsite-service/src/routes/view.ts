import { captureException, trackEvent, visitorId } from '@qr/common';
import { type Problem, pageHeaders, problemBody, refuseOtherMethods } from '@qr/common/pages';
import type { Server } from '@qr/common/server';
import { isPrefetch, isQrId } from '@qr/common/visitor';
import type { AppContext } from '../app.ts';
import { viewParams, viewQuery } from '../schemas.ts';

/** What visitors see who find no page. It does not say whether there ever was one. */
const DEAD_ENDS: Readonly<Record<'not_found' | 'unavailable', Problem>> = {
  not_found: {
    statusCode: 404,
    title: 'There is no page here',
    advice: 'It may have been removed, or not be published yet. Check the address, or scan the code again.',
  },
  unavailable: {
    statusCode: 503,
    title: 'This page cannot be shown right now',
    advice: 'The fault is on our side. Try again in a minute.',
  },
};

/** `GET /m/:slug` shows a published microsite to everyone. */
export function addViewRoute(app: Server, { pages, describeVisitor }: AppContext): void {
  const schema = { params: viewParams, querystring: viewQuery };
  // People see this answer, so that a slug of the wrong shape gets the page, too, instead of a JSON error.
  app.get('/m/:slug', { schema, attachValidation: true }, async (request, reply) => {
    if (request.validationError) return problemBody(request, reply, DEAD_ENDS.not_found);
    const found = await pages.find(request.params.slug);
    if (found.outcome !== 'published') {
      const deadEnd = DEAD_ENDS[found.outcome];
      if (found.outcome === 'not_found') return problemBody(request, reply, deadEnd);
      // One error object for all who waited for the same query, and so one report.
      const errorId = captureException(found.error, { operation: 'find microsite' });
      return problemBody(request, reply, { ...deadEnd, errorId });
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
    reply.headers({ ...pageHeaders, 'cache-control': 'no-cache', etag });
    if (isKnown(request.headers['if-none-match'], etag)) return reply.code(304).send();
    return reply.send(html);
  });
  refuseOtherMethods(app, '/m/:slug');
}

/** The code by which a visitor came. Anyone can write anything there: only the shape of our ids leaves. */
function scannedCode(qr: unknown): { readonly qr_id?: string } {
  return isQrId(qr) ? { qr_id: qr } : {};
}

/** https://www.rfc-editor.org/rfc/rfc9110#section-13.1.2: proxies that compress mark the tag as weak, which makes no difference here. */
function isKnown(ifNoneMatch: string | undefined, etag: string): boolean {
  const tags = ifNoneMatch?.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags?.some((tag) => tag === '*' || tag === etag) ?? false;
}
