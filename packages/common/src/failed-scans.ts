import { type BROWSERS, isQrId, type ServerProperties } from '@qr/events';
import { type DescribeVisitor, isPrefetch, type VisitorRequest } from '@qr/server';
import { LRUCache } from 'lru-cache';
import { trackEvent, visitorId } from './calls.ts';

/** Why a scan led nowhere. */
export type ScanFailure = ServerProperties<'qr_scan_failed'>['reason'];

/** Records a scan that led nowhere. Requests that are no scan, `HEAD` and those that a browser makes in advance, are left out. */
export type TrackFailedScan = (
  request: VisitorRequest & { readonly method: string },
  reason: ScanFailure,
  /** The id in the address; left out of the event unless it has the shape of our ids, because anyone can write anything there. */
  qrId?: string,
) => void;

/** A visitor can cause these without limit: they count once a minute. */
const WITHOUT_LIMIT: ReadonlySet<ScanFailure> = new Set(['rate_limited', 'overloaded']);
const MINUTE_MS = 60_000;
const MAX_VISITORS = 10_000;

/** Creates the function that records `qr_scan_failed`. */
export function createFailedScans(describeVisitor: DescribeVisitor<(typeof BROWSERS)[number]>): TrackFailedScan {
  const recent = new LRUCache<string, true>({ max: MAX_VISITORS, ttl: MINUTE_MS });
  return ({ method, ip, headers }, reason, qrId) => {
    const visitor = { ip, headers };
    if (method === 'HEAD' || isPrefetch(visitor)) return;
    const actor = visitorId(visitor);
    if (WITHOUT_LIMIT.has(reason)) {
      const key = `${reason} ${actor}`;
      if (recent.has(key)) return;
      recent.set(key, true);
    }
    trackEvent('qr_scan_failed', actor, { ...(isQrId(qrId) && { qr_id: qrId }), reason, ...describeVisitor(visitor) });
  };
}

/** Returns the reason for a request to a scan address that was refused with an error status. */
export function scanFailureOf(statusCode: number): ScanFailure {
  if (statusCode === 405) return 'wrong_method';
  if (statusCode === 429) return 'rate_limited';
  if (statusCode < 500) return 'malformed';
  if (statusCode === 503) return 'overloaded';
  return statusCode === 502 || statusCode === 504 ? 'unavailable' : 'server_error';
}
