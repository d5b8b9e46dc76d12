import type { Code } from '../api/codes.ts';
import { kindName } from './code-kinds.ts';

/** What to call a code: its title, the name of its network or card, the address of its microsite, the host it leads to, or its kind. */
export function titleOf({ type, title, destinationUrl, wifi, vcard }: Code): string {
  if (title) return title;
  if (wifi) return wifi.ssid;
  if (vcard)
    return [vcard.firstName, vcard.lastName].filter(Boolean).join(' ') || (vcard.organization ?? kindName(type));
  if (destinationUrl === null || !URL.canParse(destinationUrl)) return kindName(type);
  const { host, pathname } = new URL(destinationUrl);
  return type === 'microsite' ? pathname.slice(1) : host;
}
