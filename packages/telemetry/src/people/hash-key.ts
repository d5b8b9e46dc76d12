import { randomBytes } from 'node:crypto';
import { weakHashKey } from '../settings/config.ts';
import { readObservabilityConfig } from '../settings/load-config.ts';

/** The key of this process for hashes of personal values. */
interface HashKey {
  /** `undefined` where none is set. */
  readonly key: string | undefined;
  /** Why the key that is set must not be used, or should not be. */
  readonly problem: string | undefined;
  /** Whether nothing may be sent that depends on the key. */
  readonly isRefused: boolean;
}

/** Stands for a key that is absent or refused: what it hashes can be linked within one process only. */
export const processKey = randomBytes(32).toString('hex');

let current: (HashKey & { readonly variable: string | undefined }) | undefined;
let isFixed = false;

/**
 * Returns the key. Until analytics are turned on, which fixes it, it follows the environment: something may be hashed before that is complete.
 */
export function hashKey(): HashKey {
  if (current !== undefined && (isFixed || current.variable === process.env['PII_HASH_KEY'])) return current;
  current = { ...readHashKey(), variable: process.env['PII_HASH_KEY'] };
  return current;
}

/** Reads the key for the life of the process, so that no call looks at the environment. */
export function fixHashKey(): HashKey {
  current = { ...readHashKey(), variable: process.env['PII_HASH_KEY'] };
  isFixed = true;
  return current;
}

/** Follows the environment again: analytics were closed. */
export function releaseHashKey(): void {
  isFixed = false;
}

function readHashKey(): HashKey {
  const { config, problems, malformed } = readObservabilityConfig();
  const key = config.PII_HASH_KEY;
  if (!malformed.has('PII_HASH_KEY')) {
    return { key, problem: problems.get('PII_HASH_KEY') ?? weakHashKey(key), isRefused: false };
  }
  return { key: processKey, problem: problems.get('PII_HASH_KEY'), isRefused: true };
}
