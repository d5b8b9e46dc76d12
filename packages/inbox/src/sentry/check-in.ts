import { randomUUID } from 'node:crypto';
import { isJsonObject } from '../store/records.ts';
import type { EnvelopeResult } from './envelope.ts';
import { parseObject } from './parse-object.ts';

const STATUSES: readonly string[] = ['ok', 'error', 'in_progress'];

/** Fields that may stand in the query as well as in the body. */
const FIELDS = ['status', 'check_in_id', 'environment'] as const;

/**
 * Makes the check-in of `/cron/:slug/`, which monitors call without an SDK.
 * @see https://docs.sentry.io/product/monitors-and-alerts/monitors/crons/getting-started/http/
 */
export function checkInEnvelope(params: unknown, query: unknown, body: Buffer): EnvelopeResult {
  const given = body.length === 0 ? {} : parseObject(body);
  if (given === undefined) return { ok: false, detail: 'invalid JSON in the check-in' };
  const slug = isJsonObject(params) ? params['slug'] : undefined;
  const fromQuery = isJsonObject(query) ? query : {};
  const checkIn: Record<string, unknown> = { ...given, monitor_slug: slug };
  for (const name of FIELDS) checkIn[name] ??= fromQuery[name];
  checkIn['check_in_id'] ??= randomUUID().replaceAll('-', '');
  const { status } = checkIn;
  if (typeof status !== 'string' || !STATUSES.includes(status)) {
    return { ok: false, detail: 'status must be ok, error or in_progress' };
  }
  const payload = Buffer.from(JSON.stringify(checkIn));
  return { ok: true, envelope: { headers: {}, items: [{ headers: {}, type: 'check_in', payload }] } };
}
