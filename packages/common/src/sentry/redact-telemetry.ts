import { redact } from '../shared/index.ts';

/** Ids are random hex: one in some thousand would pass for a card number. */
const ID_KEY = /(^|[_.])(id|trace_id|span_id)$/;
const HEX_ID = /^[0-9a-f-]{16,36}$/;

/** {@link redact} for what the SDK sends: ids stay whole. */
export function redactTelemetry(payload: object): unknown {
  const clean = redact(payload);
  restoreIds(payload, clean);
  return clean;
}

function restoreIds(original: unknown, clean: unknown): void {
  if (typeof original !== 'object' || original === null || typeof clean !== 'object' || clean === null) return;
  const source = original as Record<string, unknown>;
  const target = clean as Record<string, unknown>;
  for (const key of Object.keys(target)) {
    const value = source[key];
    if (typeof value === 'string') {
      if (ID_KEY.test(key) && HEX_ID.test(value)) target[key] = value;
    } else restoreIds(value, target[key]);
  }
}
