/** The largest segments, the largest first; of equal ones those that come first in the alphabet, so that answers repeat. */
export function topSegments<Sized extends { readonly segment: string; readonly size: number }>(
  segments: Sized[],
  limit: number,
): Sized[] {
  return segments
    .sort((left, right) => right.size - left.size || (left.segment < right.segment ? -1 : 1))
    .slice(0, limit);
}
