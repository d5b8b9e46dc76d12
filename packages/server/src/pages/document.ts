import { type Html, html } from './html.ts';
import { style } from './style.ts';

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
