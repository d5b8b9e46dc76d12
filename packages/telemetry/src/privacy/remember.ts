/** Names of routes, services and the like, which come again with each request. */
const SHORT = { length: 64, texts: 1000 };
/** Stacks and messages of a failure that repeats: a megabyte at most. */
const LONG = { length: 8192, texts: 64 };

/** Remembers what a pure function made of texts that may come again: looking one up costs a tenth of searching it. */
export function remember(transform: (text: string) => string): (text: string) => string {
  const short = new Map<string, string>();
  const long = new Map<string, string>();
  return (text) => {
    if (text.length > LONG.length) return transform(text);
    const isShort = text.length <= SHORT.length;
    const known = isShort ? short : long;
    const before = known.get(text);
    if (before !== undefined) return before;
    const result = transform(text);
    // All at once: cheaper than knowing which was used last, and what comes again is soon back.
    if (known.size === (isShort ? SHORT : LONG).texts) known.clear();
    known.set(text, result);
    return result;
  };
}
