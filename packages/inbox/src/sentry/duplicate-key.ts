/**
 * True when the JSON object has this key twice. `JSON.parse` would take the last one without a word; the vendor refuses.
 * @param text - valid JSON of one object
 */
export function hasKeyTwice(text: string, key: string): boolean {
  const wanted = JSON.stringify(key);
  let depth = 0;
  let found = 0;
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index];
    if (character === '{' || character === '[') depth += 1;
    else if (character === '}' || character === ']') depth -= 1;
    else if (character === '"') {
      const end = endOfString(text, index);
      if (depth === 1 && text.slice(index, end) === wanted && /^\s*:/.test(text.slice(end, end + 16))) found += 1;
      index = end - 1;
    }
  }
  return found > 1;
}

function endOfString(text: string, start: number): number {
  let index = start + 1;
  while (index < text.length && text[index] !== '"') index += text[index] === '\\' ? 2 : 1;
  return index + 1;
}
