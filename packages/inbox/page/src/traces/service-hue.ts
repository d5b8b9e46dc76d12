/** From teal to violet: red and green would seem to say how it went. */
const HUES = { first: 165, count: 150 };

/** Spans of one service share a colour. */
export function hueOf(service: string | null): number {
  let hash = 7;
  for (const character of service ?? '') hash = (hash * 31 + character.charCodeAt(0)) % 9973;
  return HUES.first + ((hash * 137) % HUES.count);
}
