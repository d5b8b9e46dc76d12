/** A copy, because what the caller does with an object later is no part of the call. Empty when a getter of it throws. */
export function copyOf(object: object | undefined): Record<string, unknown> {
  try {
    return { ...object };
  } catch {
    return {};
  }
}
