const MAX_DEPTH = 4;

/** What a record looks like, without what it says: names and types, and the name of a known event. */
export function shapeOf(value: unknown, eventNames: ReadonlySet<string>, depth = 0): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return value.length === 0 ? '[]' : `[${shapeOf(value[0], eventNames, depth + 1)}, ...]`;
  if (typeof value !== 'object') return typeof value;
  if (depth === MAX_DEPTH) return 'object';
  const fields = Object.entries(value).map(([name, inner]) => {
    const isEventName = depth === 0 && name === 'event' && eventNames.has(String(inner));
    return `${name}: ${isEventName ? inner : shapeOf(inner, eventNames, depth + 1)}`;
  });
  return `{ ${fields.join(', ')} }`;
}
