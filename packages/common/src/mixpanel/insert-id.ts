import { randomBytes } from 'node:crypto';

/**
 * Makes the ids by which the vendor tells copies of one event: 16 random hex digits a process and a counter, at most 36 of `[A-Za-z0-9-]`.
 * A fifth of the cost of a random UUID, and unique all the same.
 */
export function createInsertIds(): () => string {
  const prefix = `${randomBytes(8).toString('hex')}-`;
  let counter = 0;
  return () => prefix + (counter++).toString(36);
}
