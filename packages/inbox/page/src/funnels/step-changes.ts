/** A list with one of its items elsewhere; the same list when there is no such place. */
export function moved<Item>(items: readonly Item[], from: number, to: number): readonly Item[] {
  const item = items[from];
  if (item === undefined || to < 0 || to >= items.length) return items;
  return items.toSpliced(from, 1).toSpliced(to, 0, item);
}

/** Names that tell items of the same name apart, so that each keeps its fields when it moves. */
export function keysOf(items: readonly string[]): readonly string[] {
  return items.map((item, index) => `${item} ${items.slice(0, index).filter((other) => other === item).length}`);
}
