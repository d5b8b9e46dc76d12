import { AppError } from '@qr/common/server';
import type { FindMicrosite } from '../microsite-client.ts';
import type { Code, Content } from '../store.ts';
import type { CheckDestination } from './destination.ts';
import { checkVcard, type Vcard, vcardText } from './vcard.ts';
import { checkWifi, type Wifi, wifiText } from './wifi.ts';

/** What a person asks a code to hold: of the last four the one that belongs to the type. */
export interface ContentRequest {
  readonly type: Code['type'];
  readonly destinationUrl?: string;
  readonly wifi?: Wifi;
  readonly vcard?: Vcard;
  readonly micrositeId?: string;
}

/** What is stored of it. */
interface CheckedContent {
  /** Where a scan leads; `null` for what a phone reads from the code itself. */
  readonly destinationUrl: string | null;
  readonly content: Content | null;
}

export interface ContentsOptions {
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
