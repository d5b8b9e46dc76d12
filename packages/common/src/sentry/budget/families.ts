/** Fingerprints of one family that are told apart. */
const MAX_OF_FAMILY = 5;
/** Families that are remembered; then all are forgotten, and those in use come back. */
const MAX_FAMILIES = 2000;

/**
 * Keeps one flood from passing for many causes: a sentence that every method of every route fails with, or a place in the code that says something
 * else each time. Of such a family the first five fingerprints are told apart, all further ones count as one.
 */
export interface Families {
  /** Returns the fingerprint under which an error is counted: its own, or the one of its family. */
  representativeOf(fingerprint: string, families: readonly string[]): string;
}

export function createFamilies(): Families {
  const known = new Map<string, Set<string>>();
  return {
    representativeOf(fingerprint, families) {
      const full = families.find((family) => {
        const members = known.get(family);
        return members && members.size >= MAX_OF_FAMILY && !members.has(fingerprint);
      });
      if (full !== undefined) return full;
      for (const family of families) {
        let members = known.get(family);
        if (!members) {
          if (known.size >= MAX_FAMILIES) known.clear();
          members = new Set();
          known.set(family, members);
        }
        members.add(fingerprint);
      }
      return fingerprint;
    },
  };
}
