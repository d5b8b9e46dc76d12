import { request, requestText } from './request.ts';

export type CodeType = 'url' | 'wifi' | 'vcard' | 'microsite';

export interface Wifi {
  readonly ssid: string;
  readonly encryption: 'WPA' | 'WEP' | 'none';
  readonly password?: string;
  readonly hidden?: boolean;
}

/** A business card; at least one of the first three. */
export interface Vcard {
  readonly firstName?: string;
  readonly lastName?: string;
  readonly organization?: string;
  readonly jobTitle?: string;
  readonly phone?: string;
  readonly email?: string;
  readonly url?: string;
}

export interface Code {
  readonly id: string;
  readonly type: CodeType;
  readonly title: string | null;
  /** Null for what phones read from the code itself. */
  readonly destinationUrl: string | null;
  readonly wifi?: Wifi;
  readonly vcard?: Vcard;
  readonly micrositeId?: string;
  /** What the code says: the address that counts a scan and leads on. */
  readonly scanUrl: string | null;
  readonly pngUrl: string;
  readonly svgUrl: string;
  readonly hasCustomLogo: boolean;
  /** Of the dark modules, as `rrggbb`. */
  readonly color: string;
  /** Error correction. */
  readonly level: 'L' | 'M' | 'Q' | 'H';
  /** Whether scans pass all query parameters on to the destination. */
  readonly forwardsQuery: boolean;
  readonly status: 'active' | 'disabled';
  readonly createdAt: string;
}

/** What a code is made of: of the four contents the one that belongs to its type. */
export interface NewCode {
  readonly type: CodeType;
  readonly destinationUrl?: string;
  readonly wifi?: Wifi;
  readonly vcard?: Vcard;
  readonly micrositeId?: string;
  readonly title?: string;
  /** A data URL. */
  readonly logo?: string;
}

/** What of a code can be changed while its picture stays the same. */
export interface CodeChanges {
  readonly destinationUrl?: string;
  readonly title?: string | null;
  readonly status?: Code['status'];
  readonly color?: string;
  readonly level?: Code['level'];
  readonly forwardsQuery?: boolean;
}

export type CodeSort = 'newest' | 'oldest' | 'title';

/** Which codes to list, and in which order. */
export interface CodeListFilter {
  readonly search?: string;
  readonly sort: CodeSort;
  /** Days in UTC, both included. */
  readonly from?: string;
  readonly to?: string;
}

export interface CodeList {
  readonly items: readonly Code[];
  /** How many there are in all. */
  readonly total: number;
  readonly nextCursor: string | null;
}

export function createCode(code: NewCode): Promise<Code & { readonly isFirst: boolean }> {
  return request('/qr/generate', { method: 'POST', body: code });
}

/** The picture of a code that does not exist yet, as an SVG document. */
export function previewCode(code: NewCode, signal: AbortSignal): Promise<string> {
  return requestText('/qr/preview', { method: 'POST', body: code, signal });
}

export function listCodes(
  page: CodeListFilter & { readonly limit: number; readonly cursor?: string },
  signal: AbortSignal,
): Promise<CodeList> {
  const query = new URLSearchParams(Object.entries(page).map(([name, value]) => [name, String(value)]));
  return request(`/qr?${query}`, { signal });
}

export function findCode(id: string, signal: AbortSignal): Promise<Code> {
  return request(codePath(id), { signal });
}

export function updateCode(id: string, changes: CodeChanges): Promise<Code> {
  return request(codePath(id), { method: 'PATCH', body: changes });
}

export async function deleteCode(id: string): Promise<void> {
  await request(codePath(id), { method: 'DELETE' });
}

/** How a picture is to look. */
interface Look {
  /** Pixels. */
  readonly size?: number;
  /** `rrggbb` */
  readonly color?: string;
  readonly level?: Code['level'];
}

/** The stored look, by name: a picture may then be kept by the browser. */
export function lookOf({ color, level }: Code): Look {
  return { color, level };
}

/** The address of a picture that the service names relative to itself. */
export function pictureUrl(path: string, look: Look = {}): string {
  const query = new URLSearchParams(Object.entries(look).map(([name, value]) => [name, String(value)]));
  return query.size === 0 ? `/api${path}` : `/api${path}?${query}`;
}

function codePath(id: string): string {
  return `/qr/${encodeURIComponent(id)}`;
}

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
