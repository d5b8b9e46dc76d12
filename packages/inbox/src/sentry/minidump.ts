import type { JsonObject } from '../store/records.ts';
import type { EnvelopeItem, EnvelopeResult } from './envelope.ts';
import { parseObject } from './parse-object.ts';

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
  return { ok: true, envelope: { headers: {}, items: [item, ...files] } };
}
