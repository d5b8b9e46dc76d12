import type { FastifyRequest } from 'fastify';
import { AppError } from '../app-error.ts';
import type { PagePlan } from './page-plan.ts';
import { eventFromPage, profileFromPage, tokenOf } from './page-records.ts';
import type { Answer, UpstreamRequest } from './upstream.ts';

/** Where analytics goes. */
export interface MixpanelTarget {
  /** The only project token that is accepted. */
  readonly token: string;
  /** Origin of the ingestion API, or the address of a proxy before it, with its path. */
  readonly apiHost: string;
}

interface MixpanelRequestOptions extends MixpanelTarget {
  readonly plan: PagePlan;
  readonly endpoint: 'track' | 'engage';
  /** Whether the vendor is told where the visitor is. */
  readonly isLocated: boolean;
  /** Called with the number of records that no page may send. */
  readonly onRefused: (records: number) => void;
}

/** The SDK sends 50 at a time. */
const MAX_RECORDS = 500;

/**
 * Returns a function that checks a request of the browser SDK and builds the one to Mixpanel. The body is rebuilt from what the plan lets a page
 * say; records that say anything else are left out and counted.
 */
export function createMixpanelRequest(
  options: MixpanelRequestOptions,
): (body: Buffer, request: FastifyRequest) => UpstreamRequest {
  const { token, apiHost, plan, endpoint, isLocated, onRefused } = options;
  const rebuild = endpoint === 'track' ? eventFromPage : profileFromPage;
  // `ip=0`: the address that Mixpanel sees is ours and says nothing of the visitor, unless we say theirs. `verbose=1`: the SDK expects JSON.
  const url = new URL(`${apiHost.replace(/\/$/, '')}/${endpoint}/?verbose=1&ip=${isLocated ? 1 : 0}`).href;
  return (body, { headers }) => {
    const records = recordsOf(body);
    if (records.length === 0 || !records.every((record) => tokenOf(record) === token)) {
      onRefused(records.length);
      throw new AppError({
        statusCode: 403,
        code: 'foreign_token',
        message: 'A record does not carry the project token of this platform.',
      });
    }
    const kept = records.flatMap((record) => rebuild(record, plan) ?? []);
    onRefused(records.length - kept.length);
    if (kept.length === 0) {
      throw new AppError({
        statusCode: 403,
        code: 'not_for_pages',
        message: 'The tracking plan does not let a page send these records.',
      });
    }
    const form = `data=${encodeURIComponent(JSON.stringify(kept))}`;
    return {
      url,
      contentType: 'application/x-www-form-urlencoded',
      userAgent: headers['user-agent'],
      body: Buffer.from(form),
    };
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

/** Reads the form field `data`: JSON, or base64 of it. */
function recordsOf(body: Buffer): readonly Readonly<Record<string, unknown>>[] {
  const fields = new URLSearchParams(body.toString('utf8')).getAll('data');
  // Of two the vendor might read the other one.
  if (fields.length !== 1) throw malformed(`Expected a form with one field "data", got ${fields.length}.`);
  const [data = ''] = fields;
  const json = /^\s*[[{]/.test(data) ? data : Buffer.from(data, 'base64').toString('utf8');
  const records = parse(json);
  const list: readonly unknown[] = Array.isArray(records) ? records : [records];
  if (list.length > MAX_RECORDS) throw malformed(`Expected at most ${MAX_RECORDS} records, got ${list.length}.`);
  return list.map((record) => (typeof record === 'object' && record !== null ? record : {}) as Record<string, unknown>);
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw malformed('Expected a form whose field "data" holds JSON.');
  }
}

function malformed(message: string): AppError {
  return new AppError({ code: 'malformed', message });
}
