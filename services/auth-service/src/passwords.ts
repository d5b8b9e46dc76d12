import { randomUUID } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';

// The library's defaults are argon2id with 19 MiB, two passes and one lane: the OWASP password storage recommendation.

/** The hash of no one's password: checking against it takes as long as against a real one. */
const nobodysHash = hash(randomUUID());

/** An argon2id hash with its salt and parameters, to be stored. */
export function hashPassword(password: string): Promise<string> {
  return hash(password);
}

/** Whether the password belongs to the hash. Without a hash the answer is no, after the same time. */
export async function matchesPassword(passwordHash: string | undefined, password: string): Promise<boolean> {
  const matches = await verify(passwordHash ?? (await nobodysHash), password);
  return matches && passwordHash !== undefined;
}
