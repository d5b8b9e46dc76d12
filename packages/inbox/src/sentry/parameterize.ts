/** What changes from one occurrence of a message to the next, the longer shapes first. */
const SHAPES: readonly (readonly [name: string, shape: RegExp])[] = [
  ['url', /\b[a-z][a-z\d+.-]{1,20}:\/\/[^\s"'<>]+/gi],
  ['email', /[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+/g],
  ['uuid', /\b[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}\b/gi],
  ['date', /\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?/g],
  ['ip', /\b\d{1,3}(?:\.\d{1,3}){3}\b/g],
  ['hex', /\b0x[\da-f]+\b|\b(?=[\da-f]*\d)(?=[\da-f]*[a-f])[\da-f]{8,128}\b/gi],
  ['duration', /\b\d+(?:\.\d+)?(?:ms|us|µs|ns|s)\b/g],
  ['float', /\b\d+\.\d+\b/g],
  ['int', /\b\d+\b/g],
];

/** As much of a text as decides to which issue it belongs. */
const MAX_LENGTH = 2000;

/** Returns a text with `<int>`, `<uuid>` and the like for its variable parts, so that "Timeout after 301 ms" is one issue. */
export function parameterize(text: string): string {
  return SHAPES.reduce((rest, [name, shape]) => rest.replace(shape, `<${name}>`), text.slice(0, MAX_LENGTH));
}
