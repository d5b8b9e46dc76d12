import Type from 'typebox';

/** Search text beyond this is cut by no one: it is refused. */
const TEXT_LENGTH = 500;
const Text = Type.Optional(Type.String({ maxLength: 2000 }));

/** The parameters that the lists of users, issues and traces share. */
export const listParameters = {
  q: Type.Optional(
    Type.String({ maxLength: TEXT_LENGTH, description: 'words, in any order and case; all of them must be found' }),
  ),
  service: Text,
  environment: Text,
  release: Text,
  browser: Text,
  url: Text,
  order: Type.Optional(Type.Enum(['asc', 'desc'], { description: 'desc unless given' })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000, description: '100 unless given' })),
};

export const DEFAULT_LIMIT = 100;

/** Returns the function that says whether every word of a search is in some text. An empty search finds everything. */
export function wordMatcher(search: string | undefined): (texts: Iterable<string | null>) => boolean {
  const words = (search ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return () => true;
  return (texts) => {
    const missing = new Set(words);
    for (const text of texts) {
      if (text === null) continue;
      const lower = text.toLowerCase();
      for (const word of missing) if (lower.includes(word)) missing.delete(word);
      if (missing.size === 0) return true;
    }
    return false;
  };
}

/** Returns a list in order of a figure, the greatest first unless `asc`; equal figures keep their order. */
export function sortedBy<Item>(
  items: readonly Item[],
  figure: (item: Item) => number,
  order: 'asc' | 'desc' = 'desc',
): Item[] {
  const sign = order === 'asc' ? 1 : -1;
  return items.toSorted((left, right) => sign * (figure(left) - figure(right)));
}
