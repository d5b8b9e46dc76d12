import { originalPositionFor, type TraceMap } from '@jridgewell/trace-mapping';

/** A script as a browser runs it, with the map to what it was made from. */
export interface MinifiedScript {
  readonly lines: readonly string[];
  readonly map: TraceMap;
}

/** How far before a position its function is looked for; a page's modules are much shorter. */
const MAX_DISTANCE = 100_000;

/**
 * Returns the name of a frame's function as it was written: the name that the map has for the identifier where the function is defined. A map names
 * identifiers and no functions, so the definition is looked for backwards from the position in the function; a name that a minifier has not
 * changed, such as that of a property, stays.
 *
 * @param name what the browser calls it, such as `Xe.render`, `async n` or `new t`
 * @param lineno counts from 1
 * @param colno counts from 1
 */
export function functionName(script: MinifiedScript, name: string, lineno: number, colno: number): string {
  return name.replace(/[$\w]+/g, (identifier) => originalName(script, identifier, lineno, colno) ?? identifier);
}

function originalName(
  { lines, map }: MinifiedScript,
  identifier: string,
  lineno: number,
  colno: number,
): string | undefined {
  const line = lines[lineno - 1]?.slice(0, colno) ?? '';
  const start = Math.max(0, line.length - MAX_DISTANCE);
  const definitions = [...line.slice(start).matchAll(definitionOf(identifier))];
  for (const { index, 0: text } of definitions.reverse()) {
    const column = start + index + text.lastIndexOf(identifier);
    const { name } = originalPositionFor(map, { line: lineno, column });
    if (name !== null) return name;
  }
  return undefined;
}

/** `function n(`, `class n`, and `n=` before a function or class; the match ends with the identifier. */
function definitionOf(identifier: string): RegExp {
  const name = identifier.replaceAll('$', '\\$');
  const value = String.raw`=(?:async\b\s*)?(?:function\b|class\b|\([^()]*(?:\([^()]*\)[^()]*)*\)=>|[$\w]+=>)`;
  return new RegExp(String.raw`(?:\b(?:function\*?|class) ${name}(?![$\w]))|(?<![$.\w])${name}(?=${value})`, 'g');
}
