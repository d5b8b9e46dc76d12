import { ownEntry } from '../own-entry.ts';
import { isJsonObject, type JsonObject } from '../store/records.ts';
import { objectAt, textAt } from './fields.ts';

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
