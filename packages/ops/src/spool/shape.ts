import { plan } from '@qr/events';

const MAX_DEPTH = 4;
const events = new Set<unknown>(Object.keys(plan.events));

/** What a record looks like, without what it says: names and types, and the name of an event of the plan. */
export function shapeOf(value: unknown, depth = 0): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return value.length === 0 ? '[]' : `[${shapeOf(value[0], depth + 1)}, ...]`;
  if (typeof value !== 'object') return typeof value;
  if (depth === MAX_DEPTH) return 'object';
  const fields = Object.entries(value).map(([name, inner]) => {
    const isEventName = depth === 0 && name === 'event' && events.has(inner);
    return `${name}: ${isEventName ? inner : shapeOf(inner, depth + 1)}`;
  });
  return `{ ${fields.join(', ')} }`;
}
