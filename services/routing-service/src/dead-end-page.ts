import type { Lookup } from './code-directory.ts';

/** Why a scan leads nowhere. */
export type DeadEnd = Exclude<Lookup['outcome'], 'active'>;

const TEXTS: Readonly<Record<DeadEnd, { readonly title: string; readonly advice: string }>> = {
  not_found: {
    title: 'This code leads nowhere',
    advice: 'It may have been removed, or scanned incompletely. Try to scan it again.',
  },
  disabled: {
    title: 'This code is switched off',
    advice: 'Its owner has switched it off. Ask whoever showed it to you.',
  },
  unavailable: {
    title: 'This code cannot be looked up right now',
    advice: 'The fault is on our side. Try again in a minute.',
  },
};

/** A page of text alone: the security headers allow no inline style, and it must show on any phone. */
export function deadEndPage(reason: DeadEnd): string {
  const { title, advice } = TEXTS[reason];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
</head>
<body>
<main>
<h1>${title}</h1>
<p>${advice}</p>
</main>
</body>
</html>
`;
}
