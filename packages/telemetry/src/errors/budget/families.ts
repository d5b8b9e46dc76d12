/** Families that are remembered. */
const MAX_FAMILIES = 2000;
/** A long-lived process may say ever new things without being flooded. */
const FORGET_AFTER_MS = 7 * 24 * 3_600_000;

/** What fingerprints have in common. */
export interface Family {
  /** 12 hex digits. */
  readonly id: string;
  /** How many of its fingerprints are told apart; all further ones count as one. */
  readonly max: number;
}

/**
 * Keeps one flood from passing for many causes: a sentence that every method of every route fails with, a place in the code or a message that says
 * something else each time.
 */
export interface Families {
  /** Returns the fingerprint under which an error is counted: its own, or the one of a family that is full. */
  representativeOf(fingerprint: string, families: readonly Family[], now: number): string;
}

export function createFamilies(): Families {
  const known = new Map<string, Set<string>>();
  let knownSince = 0;
  return {
    representativeOf(fingerprint, families, now) {
      if (known.size >= MAX_FAMILIES || Math.abs(now - knownSince) > FORGET_AFTER_MS) {
        // Those in use come back.
        known.clear();
        knownSince = now;
      }
      const full = families.find(({ id, max }) => {
        const members = known.get(id);
        return members && members.size >= max && !members.has(fingerprint);
      });
      if (full) return full.id;
      for (const { id } of families) {
        const members = known.get(id);
        if (members) members.add(fingerprint);
        else known.set(id, new Set([fingerprint]));
      }
      return fingerprint;
    },
  };
}
