import type { Code } from '../api/codes.ts';
import { kindName } from './code-kinds.ts';

/** What to call a code: its title, the name of its network or card, the host it leads to, or its kind. */
export function titleOf({ type, title, destinationUrl, wifi, vcard }: Code): string {
  if (title) return title;
  if (wifi) return wifi.ssid;
  if (vcard)
    return [vcard.firstName, vcard.lastName].filter(Boolean).join(' ') || (vcard.organization ?? kindName(type));
  if (type === 'microsite' || destinationUrl === null || !URL.canParse(destinationUrl)) return kindName(type);
  return new URL(destinationUrl).host;
}
