import { REDACTED, scrubText } from './scrub-text.ts';
import { isSensitiveKey } from './sensitive-keys.ts';

/** Deeper values are replaced: hostile nesting must not cost more than honest data. */
const MAX_DEPTH = 12;
/** More entries of one object or list are cut off, for the same reason. */
const MAX_ENTRIES = 1000;

/**
 * A copy of any value in which secrets are replaced: whole values by the name of their key at any depth, parts of strings by their shape.
 * Cycles, getters that throw and exotic objects are survived; functions and symbols are dropped.
 */
export function redact(value: unknown): unknown {
  return copy(value, 0, new Set());
}

function copy(value: unknown, depth: number, ancestors: Set<object>): unknown {
  if (typeof value === 'string') return scrubText(value);
  if (typeof value === 'bigint') return scrubText(value.toString());
  if (typeof value === 'function' || typeof value === 'symbol') return undefined;
  if (typeof value !== 'object' || value === null) return value;
  if (ancestors.has(value)) return '[circular]';
  if (depth >= MAX_DEPTH) return '[deep]';
  if (value instanceof Date) return value;
  ancestors.add(value);
  try {
    return Array.isArray(value)
      ? value.slice(0, MAX_ENTRIES).map((item) => copy(item, depth + 1, ancestors))
      : copyObject(value, depth, ancestors);
  } catch {
    // A proxy or a getter refused; what cannot be read cannot be shown to be harmless.
    return '[unreadable]';
  } finally {
    ancestors.delete(value);
  }
}

function copyObject(value: object, depth: number, ancestors: Set<object>): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const key of Object.keys(value).slice(0, MAX_ENTRIES)) {
    result[key] = isSensitiveKey(key) ? REDACTED : copy((value as Record<string, unknown>)[key], depth + 1, ancestors);
  }
  return result;
}
