import { addBreadcrumb, captureException, type Server, trackEvent, visitorId } from '@qr/common';
import { isPrefetch } from '@qr/common/visitor';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AppContext } from '../app.ts';
import type { Lookup } from '../code-directory.ts';
import { type DeadEnd, deadEndPage } from '../dead-end-page.ts';
import { withParameters } from '../parameters.ts';
import { scanParams } from '../schemas.ts';

const STATUS_CODES: Readonly<Record<DeadEnd, number>> = { not_found: 404, disabled: 404, unavailable: 503 };

/** `GET /scan/:qrId` sends whoever scanned a code on to where it leads. */
export function addScanRoute(app: Server, { directory, describeVisitor, now }: AppContext): void {
  // People see this answer, so that an id of the wrong shape gets the page, too, instead of a JSON error.
  // Not async, and without a promise for what is remembered: with telemetry on Node keeps books of each, which is a tenth of what a scan costs.
  app.get('/scan/:qrId', { schema: { params: scanParams }, attachValidation: true }, (request, reply) => {
    // A redirect that is remembered would be a scan that nobody counts.
    reply.header('cache-control', 'no-store');
    if (request.validationError) return void showDeadEnd(reply, 'not_found');
    const { qrId } = request.params;
    addBreadcrumb('QR scan started', { qrId });
    const known = directory.recall(qrId);
    if (known) return answer(request, reply, qrId, known);
    return directory.find(qrId).then((found) => {
      answer(request, reply, qrId, found);
      return reply;
    });
  });

  function answer(request: FastifyRequest, reply: FastifyReply, qrId: string, found: Lookup): void {
    const { method, url, ip, headers } = request;
    // Who is behind the address is worked out at each reading of `ip`: once is enough.
    const visitor = { ip, headers };
    // Link checkers ask with HEAD, browsers in advance: nobody has scanned.
    const isScan = method === 'GET' && !isPrefetch(visitor);
    if (found.outcome === 'active') {
      reply.redirect(withParameters(found.code, url), 302);
      if (!isScan) return;
      trackEvent('qr_scanned', visitorId(visitor), {
        qr_id: qrId,
        qr_owner_id: found.code.ownerId,
        ...describeVisitor(visitor),
        scan_time: new Date(now()).toISOString(),
      });
      return;
    }
    // One error object for all who waited for the same call, and so one report.
    if (found.outcome === 'unavailable') captureException(found.error, { operation: 'find code', qrId });
    if (isScan) {
      const properties = { qr_id: qrId, reason: found.outcome, ...describeVisitor(visitor) };
      trackEvent('qr_scan_failed', visitorId(visitor), properties);
    }
    showDeadEnd(reply, found.outcome);
  }
}

function showDeadEnd(reply: FastifyReply, reason: DeadEnd): FastifyReply {
  return reply.code(STATUS_CODES[reason]).type('text/html; charset=utf-8').send(deadEndPage(reason));
}
