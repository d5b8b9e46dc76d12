import { redact } from './redact.ts';

/** What {@link createContextFilter} returns: the planned part of a context, and how many keys were left out. */
export interface FilteredContext {
  readonly context: Record<string, unknown>;
  readonly dropped: readonly string[];
}

/**
 * Makes the filter that lets context pass only under planned keys, with secrets removed from the values.
 *
 * @param plannedKeys snake_case keys; their camelCase spellings pass too, under the planned name.
 */
export function createContextFilter(plannedKeys: readonly string[]): (context: unknown) => FilteredContext {
  const nameOf = new Map(plannedKeys.flatMap((key) => [[key, key] as const, [camelCase(key), key] as const]));
  return (context) => {
    const kept: Record<string, unknown> = {};
    const dropped: string[] = [];
    for (const key of keysOf(context)) {
      const name = nameOf.get(key);
      if (name === undefined) dropped.push(key);
      else kept[name] = redact(read(context as Record<string, unknown>, key));
    }
    return { context: kept, dropped };
  };
}

function camelCase(key: string): string {
  return key.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

function keysOf(context: unknown): string[] {
  try {
    return typeof context === 'object' && context !== null ? Object.keys(context) : [];
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
