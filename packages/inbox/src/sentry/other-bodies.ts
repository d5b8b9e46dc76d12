import { randomUUID } from 'node:crypto';
import { inflateSync } from 'node:zlib';
import { parseObject } from '../http/parse-json.ts';
import { isJsonObject, type JsonObject } from '../store/records.ts';
import { LIMITS } from './composition.ts';
import { type EnvelopeItem, type EnvelopeResult, parseEnvelope } from './envelope.ts';

const OPENING_BRACE = 0x7b;
const BASE64 = /^[A-Za-z0-9+/\s]+={0,2}\s*$/;

/**
 * Reads the body of the older `/store/` endpoint: one event as JSON, which old SDKs compress by zlib and write as base64.
 * A transaction is one by its `type`.
 */
export function storeEnvelope(body: Buffer, contentType: string | undefined): EnvelopeResult {
  if (contentType?.includes('x-sentry-envelope') === true) return parseEnvelope(body);
  const json = decoded(body);
  if (json === undefined) return { ok: false, detail: 'expected JSON, or zlib or base64 of it' };
  const event = parseObject(json);
  if (event === undefined) return { ok: false, detail: 'invalid JSON data' };
  const type = event['type'] === 'transaction' ? 'transaction' : 'event';
  return envelopeOf({ headers: {}, type, payload: json });
}

function decoded(body: Buffer): Buffer | undefined {
  if (isJson(body)) return body;
  if (!BASE64.test(body.toString('latin1', 0, 200))) return inflated(body);
  const binary = Buffer.from(body.toString('latin1'), 'base64');
  return isJson(binary) ? binary : inflated(binary);
}

function isJson(body: Buffer): boolean {
  return body.toString('latin1', 0, 64).trimStart().charCodeAt(0) === OPENING_BRACE;
}

function inflated(binary: Buffer): Buffer | undefined {
  try {
    return inflateSync(binary, { maxOutputLength: LIMITS.envelopeBytes });
  } catch {
    return undefined;
  }
}

/** The media types of browsers; anything else is answered with 415. */
const REPORT_TYPES =
  /^application\/(?:json|csp-report|reports\+json|expect-ct-report(?:\+json)?|expect-staple-report|hpkp-report)\s*(?:;|$)/i;

export function isReportType(contentType: string | undefined): boolean {
  return contentType === undefined || REPORT_TYPES.test(contentType);
}

/** Wraps what a browser sent into the item that SDKs use for the same, with the release and environment of the query. */
export function reportEnvelope(payload: Buffer, release: string, environment: string): EnvelopeResult {
  const headers = { sentry_release: release, sentry_environment: environment };
  return envelopeOf({ type: 'raw_security', headers, payload });
}

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
  return envelopeOf({ headers: {}, type: 'check_in', payload });
}

const DUMP_FIELD = 'upload_file_minidump';
const MAGIC = /^(MDMP|PMDM)/;

/**
 * Reads what crash reporters of native applications send: a form with the minidump, further files, and the event's fields
 * in `sentry`, as JSON or as `sentry[name]`; or the minidump alone. Nothing here reads the stack of a minidump.
 * @see https://docs.sentry.io/platforms/native/guides/minidumps/
 */
export async function minidumpEnvelope(body: Buffer, contentType: string | undefined): Promise<EnvelopeResult> {
  if (isDump(body)) return toEnvelope({}, [attachment(DUMP_FIELD, body)]);
  const form = await readForm(body, contentType);
  if (form === undefined) return { ok: false, detail: 'invalid multipart data' };
  const files: EnvelopeItem[] = [];
  let hasDump = false;
  for (const [name, value] of form) {
    if (typeof value === 'string') continue;
    const bytes = Buffer.from(await value.arrayBuffer());
    if (name === DUMP_FIELD && !isDump(bytes)) return { ok: false, detail: 'invalid minidump' };
    hasDump ||= name === DUMP_FIELD;
    files.push(attachment(value.name || name, bytes));
  }
  if (!hasDump) return { ok: false, detail: 'missing minidump' };
  return toEnvelope(eventOf(form), files);
}

async function readForm(body: Buffer, contentType: string | undefined): Promise<FormData | undefined> {
  if (contentType?.startsWith('multipart/form-data') !== true) return undefined;
  try {
    return await new Response(new Uint8Array(body), { headers: { 'content-type': contentType } }).formData();
  } catch {
    return undefined;
  }
}

function isDump(bytes: Buffer): boolean {
  return MAGIC.test(bytes.toString('latin1', 0, 4));
}

function attachment(filename: string, payload: Buffer): EnvelopeItem {
  return { type: 'attachment', headers: { filename, length: payload.length }, payload };
}

/** `sentry` in JSON, also cut into `sentry__1`, `sentry__2`...; else the fields of `sentry[name]`. */
function eventOf(form: FormData): JsonObject {
  const texts = [...form].filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  const json = texts.flatMap(([name, value]) => (/^sentry(__\d+)?$/.test(name) ? [value] : [])).join('');
  const fields = texts.flatMap(([name, value]): [string, string][] => {
    const [, field] = /^sentry\[(\w+)\]$/.exec(name) ?? [];
    return field === undefined ? [] : [[field, value]];
  });
  return { ...Object.fromEntries(fields), ...parseObject(Buffer.from(json)) };
}

function toEnvelope(given: JsonObject, files: readonly EnvelopeItem[]): EnvelopeResult {
  const mechanism = { type: 'minidump', handled: false, synthetic: true };
  const event = {
    platform: 'native',
    level: 'fatal',
    exception: { values: [{ type: 'Minidump', value: 'the crash of a native application', mechanism }] },
    ...given,
  };
  const item: EnvelopeItem = { type: 'event', headers: {}, payload: Buffer.from(JSON.stringify(event)) };
  return envelopeOf(item, ...files);
}

function envelopeOf(...items: readonly EnvelopeItem[]): EnvelopeResult {
  return { ok: true, envelope: { headers: {}, items } };
}
