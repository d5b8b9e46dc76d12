import { html, renderDocument } from '@qr/common/pages';
import type { Link } from './links.ts';
import type { Snapshot } from './store.ts';

/** The page that visitors see, with what link previews and search engines ask for. */
export function micrositePage({ title, description, links }: Snapshot, url: string): string {
  return renderDocument({
    title,
    head: html`<link rel="canonical" href="${url}">
<meta property="og:type" content="website">
<meta property="og:url" content="${url}">
<meta property="og:title" content="${title}">
${
  description === null
    ? ''
    : html`<meta property="og:description" content="${description}">
<meta name="description" content="${description}">`
}`,
    // In any language: each text finds its own direction, and keeps it to itself.
    main: html`<h1 dir="auto">${title}</h1>
${description === null ? '' : html`<p dir="auto">${description}</p>`}
<ul>
${links.map(item)}
</ul>`,
  });
}

/** With the host, as a label may claim anything. */
function item({ label, url }: Link) {
  return html`<li><a href="${url}" rel="noopener noreferrer nofollow ugc"><span dir="auto">${label}</span><small>${new URL(url).host}</small></a></li>`;
}
