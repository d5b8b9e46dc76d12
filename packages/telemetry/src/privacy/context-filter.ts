import { redact } from './scrubber.ts';

/** What {@link createContextFilter} returns: the planned part of a context, and how many keys were left out. */
export interface FilteredContext {
  readonly context: Record<string, unknown>;
  readonly dropped: readonly string[];
}

/**
 * Makes the filter that lets context pass only under planned keys, with secrets removed from the values.
 *
 * @param plannedKeys snake_case keys; their camelCase spellings pass too, under the planned name.
 * @param clean removes the secrets from a value that passes under a planned key.
 */
export function createContextFilter(
  plannedKeys: readonly string[],
  clean: (value: unknown, key: string) => unknown = redact,
): (context: unknown) => FilteredContext {
  const nameOf = new Map(plannedKeys.flatMap((key) => [[key, key] as const, [camelCase(key), key] as const]));
  return (context) => {
    const dropped: string[] = [];
    return { context: pick(context, 0, dropped), dropped };
  };

  // Objects are filtered all the way down: an unplanned key is not safer for standing under a planned one.
  function pick(context: unknown, depth: number, dropped: string[]): Record<string, unknown> {
    const kept: Record<string, unknown> = {};
    for (const key of keysOf(context)) {
      const name = nameOf.get(key);
      if (name === undefined || depth > MAX_DEPTH) dropped.push(key);
      else kept[name] = pickValue(read(context as Record<string, unknown>, key), name, depth, dropped);
    }
    return kept;
  }

  function pickValue(value: unknown, key: string, depth: number, dropped: string[]): unknown {
    if (depth > MAX_DEPTH) return '[deep]';
    if (Array.isArray(value)) {
      const items = value.slice(0, MAX_ITEMS).map((item) => pickValue(item, key, depth + 1, dropped));
      // As a whole too: in `['x-api-key', 'x']` the first says that the second is a secret.
      return items.every((item) => typeof item === 'string') ? clean(items, key) : items;
    }
    if (value instanceof Error) return clean(`${value.name}: ${value.message}`, key);
    if (typeof value === 'object' && value !== null && !(value instanceof Date)) return pick(value, depth + 1, dropped);
    return clean(value, key);
  }
}

/** Also what ends a cycle. */
const MAX_DEPTH = 3;
const MAX_ITEMS = 100;
/** Of one object; the plan has far fewer. */
const MAX_KEYS = 1000;

function camelCase(key: string): string {
  return key.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

function keysOf(context: unknown): string[] {
  try {
    return typeof context === 'object' && context !== null ? Object.keys(context).slice(0, MAX_KEYS) : [];
  } catch {
    return [];
  }
}

function read(context: Record<string, unknown>, key: string): unknown {
  try {
    return context[key];
  } catch {
    return '[unreadable]';
  }
}
