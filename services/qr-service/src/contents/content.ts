import { AppError } from '@qr/common/server';
import Type, { type Static } from 'typebox';
import type { FindMicrosite } from '../microsite-client.ts';
import type { generateBody } from '../schemas.ts';
import type { Code, Content } from '../store.ts';
import { type CheckDestination, checkWebAddress } from './destination.ts';

/** What a person asks a code to hold: of the last four the one that belongs to the type. */
type ContentRequest = Pick<Static<typeof generateBody>, 'type' | 'destinationUrl' | 'wifi' | 'vcard' | 'micrositeId'>;

/** What is stored of it. */
interface CheckedContent {
  /** Where a scan leads; `null` for what a phone reads from the code itself. */
  readonly destinationUrl: string | null;
  readonly content: Content | null;
}

interface ContentsOptions {
  /** Origin printed into codes. */
  readonly scanBaseUrl: string;
  /** Origin of pages of links. */
  readonly micrositeBaseUrl: string;
  readonly findMicrosite: FindMicrosite;
  readonly checkDestination: CheckDestination;
}

/** What codes hold. */
export interface Contents {
  /** @throws AppError 400 that names the field; 503 when a microsite cannot be looked up. */
  check(owner: string, id: string, request: ContentRequest): Promise<CheckedContent>;
  /** The address printed into a code that leads somewhere, else `null`. */
  scanUrl(code: Pick<Code, 'id' | 'destinationUrl'>): string | null;
  /** What a scanner reads. */
  printed(code: Pick<Code, 'id' | 'destinationUrl' | 'content'>): string;
}

const FIELDS = { url: 'destinationUrl', wifi: 'wifi', vcard: 'vcard', microsite: 'micrositeId' } as const;
/** A code of so many bytes is at most 125 modules wide, margin included and at the strongest correction: it fits the smallest picture. */
const MAX_PRINTED_BYTES = 500;

/** Makes the rules of what codes hold. */
export function createContents(options: ContentsOptions): Contents {
  const { scanBaseUrl, micrositeBaseUrl, findMicrosite, checkDestination } = options;
  const scanUrl: Contents['scanUrl'] = ({ id, destinationUrl }) =>
    destinationUrl === null ? null : `${scanBaseUrl}/scan/${id}`;

  async function read(owner: string, id: string, request: ContentRequest): Promise<CheckedContent> {
    const { type, destinationUrl, wifi, vcard, micrositeId } = request;
    if (type === 'url' && destinationUrl !== undefined)
      return { destinationUrl: checkDestination(destinationUrl), content: null };
    if (type === 'wifi' && wifi !== undefined) return { destinationUrl: null, content: { wifi: checkWifi(wifi) } };
    if (type === 'vcard' && vcard !== undefined) return { destinationUrl: null, content: { vcard: checkVcard(vcard) } };
    if (type === 'microsite' && micrositeId !== undefined) {
      const microsite = await findMicrosite(micrositeId);
      // The page of another person does not exist for this one.
      if (microsite?.ownerId !== owner) refuse('micrositeId', 'is none of your microsites');
      // The page counts from which code its visitors came.
      return { destinationUrl: `${micrositeBaseUrl}/m/${microsite.slug}?qr=${id}`, content: { micrositeId } };
    }
    return refuse(FIELDS[type], `is required for a code of type ${type}`);
  }

  function printed({ id, destinationUrl, content }: Pick<Code, 'id' | 'destinationUrl' | 'content'>): string {
    const address = scanUrl({ id, destinationUrl });
    if (address !== null) return address;
    if (content && 'wifi' in content) return wifiText(content.wifi);
    if (content && 'vcard' in content) return vcardText(content.vcard);
    throw new Error('A stored code leads nowhere and holds nothing');
  }

  return {
    scanUrl,
    printed,
    async check(owner, id, request) {
      for (const [type, field] of Object.entries(FIELDS)) {
        if (type !== request.type && request[field] !== undefined) refuse(field, `belongs to codes of type ${type}`);
      }
      const checked = await read(owner, id, request);
      const bytes = Buffer.byteLength(printed({ id, ...checked }));
      if (bytes > MAX_PRINTED_BYTES)
        refuse(FIELDS[request.type], `is too long: it takes ${bytes} bytes, and ${MAX_PRINTED_BYTES} fit into a code`);
      return checked;
    },
  };
}

function refuse(field: string, reason: string): never {
  throw new AppError({ code: 'invalid_content', message: `${field} ${reason}`, field });
}

/** A network that phones can join. */
export const wifiSchema = Type.Object(
  {
    ssid: Type.String({ minLength: 1, maxLength: 32, pattern: '^[^\\p{Cc}\\p{Cs}]*$' }),
    encryption: Type.Union([Type.Literal('WPA'), Type.Literal('WEP'), Type.Literal('none')]),
    password: Type.Optional(Type.String({ maxLength: 64, pattern: '^[\\x20-\\x7e]*$' })),
    hidden: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
);

export type Wifi = Readonly<Static<typeof wifiSchema>>;

/** IEEE 802.11 counts the name of a network in bytes. */
const MAX_SSID_BYTES = 32;
/** A passphrase, or a key of 256 bits as 64 hexadecimal digits: IEEE 802.11i, annex H.4. */
const WPA_PASSPHRASE = /^.{8,63}$/;
const HEX_WPA_KEY = /^[0-9A-Fa-f]{64}$/;
/** 40 or 104 bits, as characters or as hexadecimal digits. */
const WEP_KEY = /^(?:.{5}|.{13})$/;
const HEX_WEP_KEY = /^(?:[0-9A-Fa-f]{10}|[0-9A-Fa-f]{26})$/;

/** @throws AppError 400 for a network that no phone could join. */
function checkWifi(wifi: Wifi): Wifi {
  const { ssid, encryption, password } = wifi;
  if (Buffer.byteLength(ssid) > MAX_SSID_BYTES) refuseWifi('ssid', `must have at most ${MAX_SSID_BYTES} bytes`);
  if (encryption === 'none' && password !== undefined) refuseWifi('password', 'belongs to a network with encryption');
  if (encryption === 'WPA' && !WPA_PASSPHRASE.test(password ?? '') && !isHexKey(encryption, password ?? ''))
    refuseWifi('password', 'must have 8 to 63 characters');
  if (encryption === 'WEP' && !WEP_KEY.test(password ?? '') && !isHexKey(encryption, password ?? ''))
    refuseWifi('password', 'must be a WEP key of 5 or 13 characters, or of 10 or 26 hexadecimal digits');
  return wifi;
}

/** As phones read it: https://github.com/zxing/zxing/wiki/Barcode-Contents#wi-fi-network-config-android-ios-11 */
function wifiText({ ssid, encryption, password, hidden }: Wifi): string {
  const parts = [
    `T:${encryption === 'none' ? 'nopass' : encryption}`,
    `S:${asText(ssid)}`,
    ...(password === undefined ? [] : [`P:${isHexKey(encryption, password) ? password : asText(password)}`]),
    ...(hidden ? ['H:true'] : []),
  ];
  return `WIFI:${parts.join(';')};;`;
}

/** In quotes when it could be taken for hexadecimal digits, which phones would turn into bytes. */
function asText(text: string): string {
  return /^[0-9a-f]+$/i.test(text) ? `"${text}"` : escapeWifi(text);
}

/** A key that is given as hexadecimal digits, and meant as such. */
function isHexKey(encryption: Wifi['encryption'], password: string): boolean {
  return encryption === 'WEP' ? HEX_WEP_KEY.test(password) : HEX_WPA_KEY.test(password);
}

/** Unescaped, a name could end its field and set another's. */
function escapeWifi(text: string): string {
  return text.replace(/[\\;,:"]/g, '\\$&');
}

function refuseWifi(field: string, reason: string): never {
  throw new AppError({ code: 'invalid_wifi', message: `wifi.${field} ${reason}`, field: `wifi.${field}` });
}

// PostgreSQL refuses NUL, and halves of characters in JSON.
const text = (maxLength: number) => Type.Optional(Type.String({ maxLength, pattern: '^[^\\p{Cc}\\p{Cs}]*$' }));

const MAX_LINE_BYTES = 75;

/** A business card. */
export const vcardSchema = Type.Object(
  {
    firstName: text(60),
    lastName: text(60),
    organization: text(80),
    jobTitle: text(80),
    phone: Type.Optional(Type.String({ pattern: '^\\+?[0-9 ()./-]{3,30}$' })),
    email: Type.Optional(Type.String({ maxLength: 254, pattern: '^[^\\s@\\p{Cc}\\p{Cs}]+@[^\\s@\\p{Cc}\\p{Cs}]+$' })),
    url: Type.Optional(Type.String({ maxLength: 300 })),
  },
  { additionalProperties: false },
);

export type Vcard = Readonly<Static<typeof vcardSchema>>;

/** @throws AppError 400 for a card without a name, or with an address that is none. */
function checkVcard(vcard: Vcard): Vcard {
  if (nameOf(vcard) === '')
    throw new AppError({
      code: 'invalid_vcard',
      message: 'vcard must have a firstName, a lastName or an organization',
      field: 'vcard.firstName',
    });
  return vcard.url === undefined ? vcard : { ...vcard, url: checkWebAddress(vcard.url, 'vcard.url').href };
}

/** vCard 3.0, RFC 2426: the version that every phone reads. */
function vcardText(vcard: Vcard): string {
  const { firstName = '', lastName = '', organization, jobTitle, phone, email, url } = vcard;
  const lines = [
    ['N', `${escapeVcard(lastName)};${escapeVcard(firstName)};;;`],
    ['FN', escapeVcard(nameOf(vcard))],
    ['ORG', organization && escapeVcard(organization)],
    ['TITLE', jobTitle && escapeVcard(jobTitle)],
    ['TEL', phone],
    ['EMAIL', email && escapeVcard(email)],
    ['URL', url],
  ];
  const filled = lines.filter(([, value]) => value).map(([name, value]) => `${name}:${value}`);
  return ['BEGIN:VCARD', 'VERSION:3.0', ...filled.map(fold), 'END:VCARD', ''].join('\r\n');
}

/** RFC 2426, section 2.6: lines of at most 75 bytes, each after the first begins with a space; never within a character. */
function fold(line: string): string {
  const lines: string[] = [];
  let current = '';
  for (const character of line) {
    if (Buffer.byteLength(current + character) > MAX_LINE_BYTES) {
      lines.push(current);
      current = ' ';
    }
    current += character;
  }
  return [...lines, current].join('\r\n');
}

function nameOf({ firstName = '', lastName = '', organization = '' }: Vcard): string {
  return `${firstName} ${lastName}`.trim() || organization.trim();
}

/** RFC 2426, section 2.4.2; line breaks are refused before. */
function escapeVcard(value: string): string {
  return value.replace(/[\\;,]/g, '\\$&');
}
