import { inflateSync } from 'node:zlib';
import { type EnvelopeResult, parseEnvelope } from './envelope.ts';
import { LIMITS } from './limits.ts';
import { parseObject } from './parse-object.ts';

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
  return { ok: true, envelope: { headers: {}, items: [{ headers: {}, type, payload: json }] } };
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
