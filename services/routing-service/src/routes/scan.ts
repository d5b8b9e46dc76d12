import { addBreadcrumb, captureException, type Server, trackEvent, visitorId } from '@qr/common';
import type { FastifyReply } from 'fastify';
import type { AppContext } from '../app.ts';
import { type DeadEnd, deadEndPage } from '../dead-end-page.ts';
import { scanParams } from '../schemas.ts';

const STATUS_CODES: Readonly<Record<DeadEnd, number>> = { not_found: 404, disabled: 404, unavailable: 503 };

/** `GET /scan/:qrId` sends whoever scanned a code on to where it leads. */
export function addScanRoute(app: Server, { directory, describeVisitor, now }: AppContext): void {
  // People see this answer, so that an id of the wrong shape gets the page, too, instead of a JSON error.
  app.get('/scan/:qrId', { schema: { params: scanParams }, attachValidation: true }, async (request, reply) => {
    // A redirect that is remembered would be a scan that nobody counts.
    reply.header('cache-control', 'no-store');
    if (request.validationError) return showDeadEnd(reply, 'not_found');
    const { qrId } = request.params;
    addBreadcrumb('QR scan started', { qrId });
    const found = await directory.find(qrId);
    // One error object for all who waited for the same call, and so one report.
    if (found.outcome === 'unavailable') captureException(found.error, { operation: 'find code', qrId });

    // Link checkers ask with HEAD: they did not scan.
    const isScan = request.method === 'GET';
    if (found.outcome === 'active') {
      const { ownerId, destinationUrl } = found.code;
      reply.redirect(destinationUrl, 302);
      if (isScan) {
        trackEvent('qr_scanned', visitorId(request), {
          qr_id: qrId,
          qr_owner_id: ownerId,
          ...describeVisitor(request),
          scan_time: new Date(now()).toISOString(),
        });
      }
      return reply;
    }
    if (isScan) {
      trackEvent('qr_scan_failed', visitorId(request), {
        qr_id: qrId,
        reason: found.outcome,
        ...describeVisitor(request),
      });
    }
    return showDeadEnd(reply, found.outcome);
  });
}

function showDeadEnd(reply: FastifyReply, reason: DeadEnd): FastifyReply {
  return reply.code(STATUS_CODES[reason]).type('text/html; charset=utf-8').send(deadEndPage(reason));
}
