import type { EnvelopeItem, EnvelopeResult } from './envelope.ts';

/** The media types of browsers; anything else is answered with 415. */
const REPORT_TYPES =
  /^application\/(?:json|csp-report|reports\+json|expect-ct-report(?:\+json)?|expect-staple-report|hpkp-report)\s*(?:;|$)/i;

export function isReportType(contentType: string | undefined): boolean {
  return contentType === undefined || REPORT_TYPES.test(contentType);
}

/** Wraps what a browser sent into the item that SDKs use for the same, with the release and environment of the query. */
export function reportEnvelope(payload: Buffer, release: string, environment: string): EnvelopeResult {
  const item: EnvelopeItem = {
    type: 'raw_security',
    headers: { sentry_release: release, sentry_environment: environment },
    payload,
  };
  return { ok: true, envelope: { headers: {}, items: [item] } };
}
