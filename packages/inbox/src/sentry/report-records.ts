import { randomUUID } from 'node:crypto';
import { parseJson } from '../http/parse-json.ts';
import { readUtf8 } from '../http/read-utf8.ts';
import { isJsonObject, type JsonObject, type NewRecord } from '../store/records.ts';
import type { EnvelopeItem } from './envelope.ts';
import { errorRecord } from './error-record.ts';
import { textAt } from './fields.ts';
import { securityEvents } from './security-report.ts';

/** A browser sends a few at a time. */
const MAX_REPORTS = 100;

/** Makes the records of a browser's reports: errors of security policies, items of the network error log. */
export function reportRecords({ headers, payload }: EnvelopeItem, project: string, now: number): NewRecord[] {
  const body = parsed(payload);
  if (body === undefined) return [rejection('must be JSON', null, now)];
  if (Array.isArray(body) && body.length > MAX_REPORTS) {
    return [rejection(`must hold at most ${MAX_REPORTS} reports`, null, now)];
  }
  const networkErrors = networkErrorsOf(body);
  const items = networkErrors.map((report) => networkErrorItem(report, project, now));
  const common = { release: textAt(headers, 'sentry_release'), environment: textAt(headers, 'sentry_environment') };
  const errors = securityEvents(body).map((event) =>
    errorRecord({ ...common, ...event }, randomUUID().replaceAll('-', ''), project, now),
  );
  if (items.length + errors.length > 0) return [...errors, ...items];
  return [rejection('holds no report of a kind that is known', body, now)];
}

function networkErrorsOf(body: unknown): JsonObject[] {
  const reports: readonly unknown[] = Array.isArray(body) ? body : [body];
  return reports.filter(isJsonObject).filter(({ type }) => type === 'network-error');
}

function networkErrorItem(payload: JsonObject, project: string, now: number): NewRecord {
  const bytes = Buffer.byteLength(JSON.stringify(payload));
  return { kind: 'item', receivedAt: now, project, type: 'nel', bytes, traceId: null, payload };
}

/** The vendor answers 200 and drops what it cannot read. */
function rejection(message: string, record: unknown, now: number): NewRecord {
  return {
    kind: 'rejected',
    receivedAt: now,
    endpoint: 'security',
    field: 'body',
    message: `the body ${message}`,
    record,
  };
}

/** Undefined for what is no JSON; `null` is JSON. */
function parsed(payload: Buffer): unknown {
  try {
    return parseJson(readUtf8(payload) ?? '');
  } catch {
    return undefined;
  }
}
