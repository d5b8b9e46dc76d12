import { document } from './document.ts';
import { html } from './html.ts';
import type { Lookup } from './page-directory.ts';

/** Why there is nothing to show. */
export type DeadEnd = Exclude<Lookup['outcome'], 'published'>;

const TEXTS: Readonly<Record<DeadEnd, { readonly title: string; readonly advice: string }>> = {
  not_found: {
    title: 'There is no page here',
    advice: 'It may have been removed, or not be published yet. Check the address, or ask whoever gave it to you.',
  },
  unavailable: {
    title: 'This page cannot be shown right now',
    advice: 'The fault is on our side. Try again in a minute.',
  },
};

/** A page for visitors who find nothing. It does not say whether there ever was something. */
export function deadEndPage(reason: DeadEnd): string {
  const { title, advice } = TEXTS[reason];
  return document({
    title,
    main: html`<h1>${title}</h1>
<p>${advice}</p>`,
  });
}
