/**
 * Numbers from 0 to 1 that follow from the seed alone, so that a share of failures can be repeated.
 * @see https://en.wikipedia.org/wiki/Xorshift (xorshift32, seeded through a multiplicative hash)
 */
export function seededRandom(seed: number): () => number {
  // Zero is the one state that xorshift cannot leave.
  let state = Math.imul(seed ^ 0x5bd1e995, 0x9e3779b1) >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 2 ** 32;
  };
}
