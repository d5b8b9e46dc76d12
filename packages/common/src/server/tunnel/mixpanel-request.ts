import type { FastifyRequest } from 'fastify';
import { AppError } from '../app-error.ts';
import type { Answer, UpstreamRequest } from './upstream.ts';

/** Where analytics goes. */
export interface MixpanelTarget {
  /** The only project token that is accepted. */
  readonly token: string;
  /** Origin of the ingestion API, or the address of a proxy before it, with its path. */
  readonly apiHost: string;
}

/** Makes what turns a checked request of the browser SDK into the request to Mixpanel. */
export function createMixpanelRequest(
  { token, apiHost, isLocated = false }: MixpanelTarget & { readonly isLocated?: boolean },
  endpoint: 'track' | 'engage' | 'groups',
): (body: Buffer, request: FastifyRequest) => UpstreamRequest {
  // `ip=0`: the address that Mixpanel sees is ours and says nothing of the visitor, unless we say theirs. `verbose=1`: the SDK expects JSON.
  const url = new URL(`${apiHost.replace(/\/$/, '')}/${endpoint}/?verbose=1&ip=${isLocated ? 1 : 0}`).href;
  return (body, { headers }) => {
    const records = recordsOf(body);
    if (records.length === 0 || !records.every((record) => tokenOf(record) === token)) {
      throw new AppError({
        statusCode: 403,
        code: 'foreign_token',
        message: 'A record does not carry the project token of this platform.',
      });
    }
    return { url, contentType: 'application/x-www-form-urlencoded', userAgent: headers['user-agent'], body };
  };
}

/**
 * The browser SDK keeps its events on 429 and 5xx and drops them on any 4xx. What goes wrong between us and the vendor, a wrong address or
 * token included, is no fault of the events: they wait.
 */
export function mixpanelStatus({ status }: Answer): number {
  if (status < 300 || status === 429 || status >= 500) return status;
  return 502;
}

/** The form field `data`: JSON, or base64 of it. */
function recordsOf(body: Buffer): readonly unknown[] {
  const data = new URLSearchParams(body.toString('utf8')).get('data') ?? '';
  const json = /^\s*[[{]/.test(data) ? data : Buffer.from(data, 'base64').toString('utf8');
  try {
    const records: unknown = JSON.parse(json);
    return Array.isArray(records) ? records : [records];
  } catch {
    throw new AppError({ code: 'malformed', message: 'Expected a form whose field "data" holds JSON.' });
  }
}

/** Events carry the token among their properties, updates of profiles and groups beside them. */
function tokenOf(record: unknown): unknown {
  const { properties, $token } = (record ?? {}) as { properties?: { token?: unknown } | null; $token?: unknown };
  return $token ?? properties?.token;
}
