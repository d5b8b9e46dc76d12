/** Markup that needs no escaping. Only {@link html} creates it, so that no text can pass for it. */
class Html {
  readonly #markup: string;

  constructor(markup: string) {
    this.#markup = markup;
  }

  toString(): string {
    return this.#markup;
  }
}

export type { Html };

const REFERENCES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/**
 * Renders a template of markup and escapes every text in it. Values belong into element content or quoted attributes, where these five characters are all
 * that could end them.
 */
export function html(strings: TemplateStringsArray, ...values: readonly (string | Html | readonly Html[])[]): Html {
  return new Html(strings.reduce((markup, part, index) => markup + show(values[index - 1] ?? '') + part));
}

function show(value: string | Html | readonly Html[]): string {
  if (typeof value === 'string') return value.replace(/[&<>"']/g, (character) => REFERENCES[character] ?? '');
  return value instanceof Html ? value.toString() : value.map(show).join('\n');
}
