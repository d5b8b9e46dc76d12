import type { Code, CodeType } from '../api/codes.ts';

/** What a code can hold, in the order in which people choose it. */
export const CODE_KINDS: readonly { readonly type: CodeType; readonly name: string; readonly use: string }[] = [
  { type: 'url', name: 'Link', use: 'Leads to a web page. You can change the address later, and see every scan.' },
  { type: 'wifi', name: 'Wi-Fi', use: 'Lets guests join a network without typing. Cannot be changed once printed.' },
  {
    type: 'vcard',
    name: 'Business card',
    use: 'Saves your contact details on a phone. Cannot be changed once printed.',
  },
  { type: 'microsite', name: 'Microsite', use: 'Leads to a page of links that you edit here.' },
];

export function kindName(type: CodeType): string {
  return CODE_KINDS.find((kind) => kind.type === type)?.name ?? type;
}

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
