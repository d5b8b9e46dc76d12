/** Addresses at which editors open a file, by the name that a user gives. */
const TEMPLATES: Readonly<Record<string, string>> = {
  vscode: 'vscode://file{file}:{line}:{column}',
  'vscode-insiders': 'vscode-insiders://file{file}:{line}:{column}',
  vscodium: 'vscodium://file{file}:{line}:{column}',
  cursor: 'cursor://file{file}:{line}:{column}',
  windsurf: 'windsurf://file{file}:{line}:{column}',
  zed: 'zed://file{file}:{line}:{column}',
  idea: 'idea://open?file={file}&line={line}&column={column}',
  webstorm: 'webstorm://open?file={file}&line={line}&column={column}',
  sublime: 'subl://open?url=file://{file}&line={line}&column={column}',
};

/** A place in a file of this machine. */
export interface FilePlace {
  /** An absolute path. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/**
 * Returns the function that makes the address at which an editor opens a place; undefined for `none`.
 * @param editor the name of an editor, or an address with `{file}`, `{line}` and `{column}` in it
 * @throws Error that lists the editors when it is neither.
 */
export function editorUrl(editor: string): ((place: FilePlace) => string) | undefined {
  if (editor === 'none') return undefined;
  const template = Object.hasOwn(TEMPLATES, editor) ? TEMPLATES[editor] : editor;
  if (template === undefined || !isTemplate(template)) {
    throw new Error(
      `OBSERVABILITY_EDITOR must be ${Object.keys(TEMPLATES).join(', ')}, none, or an address such as ` +
        `myeditor://open?file={file}&line={line}&column={column}, got "${editor}".`,
    );
  }
  return ({ file, line, column }) =>
    template
      .replaceAll('{line}', String(line))
      .replaceAll('{column}', String(column))
      // Last, and by a function: a path may hold `{line}` or `$&`.
      .replaceAll('{file}', () => file.split('/').map(encodeURIComponent).join('/'));
}

function isTemplate(text: string): boolean {
  return (
    /^[a-z][a-z\d+.-]*:\/\//i.test(text) &&
    !/^(?:javascript|data|vbscript|blob):/i.test(text) &&
    text.includes('{file}')
  );
}
