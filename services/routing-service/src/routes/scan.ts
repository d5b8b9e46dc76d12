import { addBreadcrumb, captureException, trackEvent, visitorId } from '@qr/common';
import { type Problem, problemBody, refuseOtherMethods } from '@qr/common/pages';
import type { Server } from '@qr/common/server';
import { isPrefetch, type ScanFailure } from '@qr/common/visitor';
import type { FastifyReply, FastifyRequest } from 'fastify';
import Type from 'typebox';
import type { AppContext } from '../app.ts';
import { type Lookup, nextCodeIdOf } from '../code-directory.ts';

// Looser than what qr-service makes today, so that ids can grow without this service.
const scanParams = Type.Object({ qrId: Type.String({ pattern: '^[A-Za-z0-9_-]{8,64}$' }) });

/** Why a scan of a code leads nowhere. */
type DeadEnd = Extract<ScanFailure, 'not_found' | 'disabled' | 'loop' | 'malformed' | 'unavailable'>;

const NOT_FOUND: Problem = {
  statusCode: 404,
  title: 'This code leads nowhere',
  advice: 'It may have been removed, or scanned incompletely. Try to scan it again.',
};

/** What people see instead. */
const DEAD_ENDS: Readonly<Record<DeadEnd, Problem>> = {
  not_found: NOT_FOUND,
  malformed: NOT_FOUND,
  disabled: {
    statusCode: 404,
    title: 'This code is switched off',
    advice: 'Its owner has switched it off. Ask the person who showed it to you.',
  },
  loop: {
    statusCode: 404,
    title: 'This code leads back to itself',
    advice: 'Its owner has to change where it leads.',
  },
  unavailable: {
    statusCode: 503,
    title: 'This code cannot be looked up right now',
    advice: 'The fault is on our side. Try again in a minute.',
  },
};

/** Adds `GET /scan/:qrId`, which sends a scan on to the destination of its code. */
export function addScanRoute(app: Server, { directory, describeVisitor, trackFailedScan, now }: AppContext): void {
  // People see this answer, so that an id of the wrong shape gets the page, too, instead of a JSON error.
  // Not async, and without a promise for what is remembered: with telemetry on Node keeps books of each, which is a tenth of what a scan costs.
  app.get('/scan/:qrId', { schema: { params: scanParams }, attachValidation: true }, (request, reply) => {
    // A redirect that is remembered would be a scan that nobody counts.
    reply.header('cache-control', 'no-store');
    if (request.validationError) return void fail(request, reply, 'malformed');
    const { qrId } = request.params;
    addBreadcrumb('QR scan started', { qrId });
    const known = directory.recall(qrId);
    if (known && nextCodeIdOf(known) === undefined) return answer(request, reply, qrId, known);
    return answerLater(request, reply, qrId, known);
  });
  refuseOtherMethods(app, '/scan/:qrId');

  async function answerLater(
    request: FastifyRequest,
    reply: FastifyReply,
    qrId: string,
    known: Lookup | undefined,
  ): Promise<FastifyReply> {
    const found = known ?? (await directory.find(qrId));
    if (await directory.leadsInLoop(found)) fail(request, reply, 'loop', qrId);
    else answer(request, reply, qrId, found);
    return reply;
  }

  function answer(request: FastifyRequest, reply: FastifyReply, qrId: string, found: Lookup): void {
    if (found.outcome === 'active') {
      reply.redirect(withParameters(found.code, request.url), 302);
      trackScan(request, qrId, found.code.ownerId);
      return;
    }
    // One error object for all who waited for the same call, and so one report.
    const errorId =
      found.outcome === 'unavailable' ? captureException(found.error, { operation: 'find code', qrId }) : undefined;
    fail(request, reply, found.outcome, qrId, errorId);
  }

  function trackScan({ method, ip, headers }: FastifyRequest, qrId: string, ownerId: string): void {
    // Who is behind the address is worked out at each reading of `ip`: once is enough.
    const visitor = { ip, headers };
    // Link checkers ask with HEAD, browsers in advance: nobody has scanned.
    if (method !== 'GET' || isPrefetch(visitor)) return;
    trackEvent('qr_scanned', visitorId(visitor), {
      qr_id: qrId,
      qr_owner_id: ownerId,
      ...describeVisitor(visitor),
      scan_time: new Date(now()).toISOString(),
    });
  }

  function fail(request: FastifyRequest, reply: FastifyReply, reason: DeadEnd, qrId?: string, errorId?: string): void {
    trackFailedScan(request, reason, qrId);
    reply.send(problemBody(request, reply, { ...DEAD_ENDS[reason], errorId }));
  }
}

/** Names and values together; what is longer is dropped. */
const MAX_LENGTH = 1000;
const CAMPAIGN_NAME = /^utm_\w{1,40}$/;
const OTHER_NAME = /^[^\p{Cc}]{1,100}$/u;

/** Where a scan leads. */
interface Destination {
  readonly destinationUrl: string;
  /** Whether all parameters are passed on, not only campaign parameters. @default false */
  readonly forwardsQuery?: boolean;
}

/**
 * Adds the campaign parameters (`utm_*`) of a scan to its destination, and its other parameters where the code asks for them. The destination keeps its
 * own values of the same names.
 *
 * @param scanUrl path and query of the request.
 */
function withParameters({ destinationUrl, forwardsQuery = false }: Destination, scanUrl: string): string {
  const start = scanUrl.indexOf('?');
  // Most codes are printed without a query.
  if (start === -1 || !(forwardsQuery || scanUrl.includes('utm_', start))) return destinationUrl;
  const own = new URL(destinationUrl).searchParams;
  const added = new URLSearchParams();
  for (const [name, value] of new URLSearchParams(scanUrl.slice(start + 1))) {
    if (own.has(name)) continue;
    if (CAMPAIGN_NAME.test(name)) {
      if (!added.has(name)) added.append(name, value);
    } else if (forwardsQuery && OTHER_NAME.test(name)) added.append(name, value);
  }
  const query = added.toString();
  if (query === '' || query.length > MAX_LENGTH) return destinationUrl;
  // By hand: the destination's own query stays as it was written.
  const hash = destinationUrl.indexOf('#');
  const end = hash === -1 ? destinationUrl.length : hash;
  const address = destinationUrl.slice(0, end);
  const separator = !address.includes('?') ? '?' : /[?&]$/.test(address) ? '' : '&';
  return `${address}${separator}${query}${destinationUrl.slice(end)}`;
}
