import { objectAt } from '../sentry/fields.ts';
import type { JsonObject } from '../store/records.ts';

/** Returns the tags of an event as an object. Older SDKs send a list of pairs. */
export function tagsOf(event: JsonObject): JsonObject {
  const { tags } = event;
  if (!Array.isArray(tags)) return objectAt(event, 'tags');
  const pairs = tags.filter((pair): pair is [unknown, unknown] => Array.isArray(pair) && pair.length === 2);
  return Object.fromEntries(pairs.map(([name, value]) => [String(name), value]));
}
