import type { Code } from '../api/codes.ts';

/** What to call a code: its title, or the host it leads to. */
export function titleOf({ title, destinationUrl }: Pick<Code, 'title' | 'destinationUrl'>): string {
  if (title) return title;
  return URL.canParse(destinationUrl) ? new URL(destinationUrl).host : destinationUrl;
}
