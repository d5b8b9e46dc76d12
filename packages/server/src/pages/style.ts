import { createHash } from 'node:crypto';
import { html } from './html.ts';

/** The style of all pages. Inline, because a second request would cost more than its bytes. */
export const style = html`
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
