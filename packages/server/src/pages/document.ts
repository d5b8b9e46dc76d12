import { createHash } from 'node:crypto';

export interface DocumentOptions {
  readonly title: string;
  /** Further elements of the head. */
  readonly head?: Html;
  readonly main: Html;
}

/** Renders a page in the one style. Send it with {@link pageHeaders}, which allow that style and nothing else. */
export function renderDocument({ title, head = html``, main }: DocumentOptions): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
${head}
<style>${style}</style>
</head>
<body>
<main>
${main}
</main>
</body>
</html>
`.toString();
}

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

/** The style of all pages. Inline, because a second request would cost more than its bytes. */
const style = html`
:root { color-scheme: light dark; --page: #f4f5f7; --card: #fff; --text: #1c2024; --quiet: #59616b; --line: #d3d8de; --focus: #0a58ca }
@media (prefers-color-scheme: dark) {
  :root { --page: #14171a; --card: #20252a; --text: #eceef0; --quiet: #a3acb5; --line: #3a424a; --focus: #8ab8ff }
}
* { box-sizing: border-box }
body { margin: 0; background: var(--page); color: var(--text); font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere }
main { max-width: 34rem; margin: 0 auto; padding: clamp(2rem, 8vh, 5rem) 1rem 3rem; text-align: center }
h1 { margin: 0; font-size: clamp(1.5rem, 5vw, 2rem); line-height: 1.25; text-wrap: balance }
p { margin: .75rem 0 0; color: var(--quiet); text-wrap: balance }
ul { margin: 2rem 0 0; padding: 0; list-style: none; display: grid; gap: .75rem }
a { display: block; padding: .75rem 1rem; border: 1px solid var(--line); border-radius: .75rem; background: var(--card); color: inherit; text-decoration: none }
a:hover { border-color: var(--focus) }
a:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px }
a span { display: block; font-weight: 600 }
a small { display: block; color: var(--quiet) }
`;

const hash = createHash('sha256').update(style.toString()).digest('base64');

/** The headers of a page, which shows text in this one style, follows links, and does nothing else, whatever is written in it. */
export const pageHeaders: Readonly<Record<string, string>> = {
  'content-security-policy': [
    "default-src 'none'",
    `style-src 'sha256-${hash}'`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'content-type': 'text/html; charset=utf-8',
};
