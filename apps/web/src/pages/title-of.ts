import type { Code } from '../api/codes.ts';

const KINDS = { url: 'Link', wifi: 'Wi-Fi', vcard: 'Business card', microsite: 'Microsite' } as const;

/** What to call a code: its title, the host it leads to, or its kind. */
export function titleOf({ type, title, destinationUrl }: Pick<Code, 'type' | 'title' | 'destinationUrl'>): string {
  if (title) return title;
  if (destinationUrl === null || !URL.canParse(destinationUrl)) return KINDS[type];
  return new URL(destinationUrl).host;
}
