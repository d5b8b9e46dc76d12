import { type Html, html } from './html.ts';
import { style } from './style.ts';

/** What {@link document} takes. */
export interface DocumentOptions {
  readonly title: string;
  /** What else the head says. */
  readonly head?: Html;
  readonly main: Html;
}

/** A whole page. */
export function document({ title, head = html``, main }: DocumentOptions): string {
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
