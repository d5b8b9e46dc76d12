import { randomUUID } from 'node:crypto';
import { inflateSync } from 'node:zlib';
import { ownEntry } from '../collections.ts';
import { parseObject } from '../http/parse-json.ts';
import { isJsonObject, type JsonObject } from '../store/records.ts';
import { LIMITS } from './composition.ts';
import { type EnvelopeItem, type EnvelopeResult, parseEnvelope } from './envelope.ts';
import { objectAt, textAt } from './fields.ts';

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

/** Which report of a browser an event was made from. */
const KINDS = ['csp', 'expectct', 'expectstaple', 'hpkp'] as const;
type Kind = (typeof KINDS)[number];

const TITLES: Readonly<Record<Exclude<Kind, 'csp'>, string>> = {
  expectct: 'Expect-CT failed for',
  expectstaple: 'Expect-Staple failed for',
  hpkp: 'Public key pinning validation failed for',
};

/** What the blocked resource is called, by directive. */
const RESOURCES: Readonly<Record<string, string>> = {
  ...{ 'script-src': 'script', 'script-src-elem': 'script', 'script-src-attr': 'script', 'style-src': 'style' },
  ...{ 'style-src-elem': 'style', 'style-src-attr': 'style', 'img-src': 'image', 'connect-src': 'connect' },
  ...{ 'font-src': 'font', 'media-src': 'media', 'object-src': 'object', 'frame-src': 'frame', 'child-src': 'child' },
  ...{ 'form-action': 'form', 'worker-src': 'worker', 'manifest-src': 'manifest', 'prefetch-src': 'prefetch' },
};

/**
 * Returns the event that a security report is about; none for an unknown report. Takes the older form of browsers (`csp-report`,
 * `expect-ct-report`, pins) and a report of the Reporting API.
 * @see https://docs.sentry.io/security-legal-pii/security/security-policy-reporting/
 */
export function securityEvents(report: JsonObject): JsonObject[] {
  const { 'csp-report': csp, 'expect-ct-report': expectCt, 'expect-staple-report': expectStaple, type, body } = report;
  if (isJsonObject(csp)) return [cspEvent(csp)];
  if (type === 'csp-violation' && isJsonObject(body)) return [cspEvent(body)];
  if (isJsonObject(expectCt)) return [hostEvent('expectct', expectCt)];
  if (isJsonObject(expectStaple)) return [hostEvent('expectstaple', expectStaple)];
  return Array.isArray(report['known-pins']) ? [hostEvent('hpkp', report)] : [];
}

/** What decides to which issue a security report belongs; undefined for any other event. */
export function securityParts(event: JsonObject): string[] | undefined {
  const kind = KINDS.find((name) => isJsonObject(event[name]));
  if (kind === undefined) return undefined;
  const report = objectAt(event, kind);
  if (kind !== 'csp') return [kind, textAt(report, 'hostname') ?? ''];
  return [kind, directiveOf(report), blockedOf(report)];
}

function cspEvent(given: JsonObject): JsonObject {
  // The Reporting API writes documentURL where the older form has document-uri.
  const csp = Object.fromEntries(Object.entries(given).map(([name, value]) => [snakeCase(name), value]));
  const directive = directiveOf(csp);
  const blocked = blockedOf(csp);
  const resource = ownEntry(RESOURCES, directive) ?? directive;
  const isInline = blocked === 'self' || blocked === 'inline' || blocked === 'eval';
  const formatted = isInline ? `Blocked unsafe inline '${resource}'` : `Blocked '${resource}' from '${blocked}'`;
  return {
    type: 'csp',
    logger: 'csp',
    csp,
    logentry: { formatted },
    tags: { 'effective-directive': directive, 'blocked-uri': textAt(csp, 'blocked_uri') ?? 'self' },
    request: { url: textAt(csp, 'document_uri') },
  };
}

function hostEvent(kind: Exclude<Kind, 'csp'>, report: JsonObject): JsonObject {
  const hostname = textAt(report, 'hostname') ?? 'unknown';
  return {
    type: kind,
    logger: kind,
    [kind]: report,
    logentry: { formatted: `${TITLES[kind]} '${hostname}'` },
    tags: { hostname },
  };
}

function snakeCase(name: string): string {
  return name
    .replaceAll('-', '_')
    .replace(/URL$/, '_uri')
    .replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function directiveOf(csp: JsonObject): string {
  const named = textAt(csp, 'effective_directive') ?? textAt(csp, 'violated_directive') ?? '';
  return named.trim().split(/\s/)[0] || 'default-src';
}

/** The host of what was blocked; paths differ from page to page. */
function blockedOf(csp: JsonObject): string {
  const uri = textAt(csp, 'blocked_uri') ?? 'self';
  return URL.canParse(uri) ? new URL(uri).host || new URL(uri).protocol : uri;
}
