import { request } from './request.ts';

export interface Code {
  readonly id: string;
  readonly type: 'url' | 'wifi' | 'vcard' | 'microsite';
  readonly title?: string | null;
  /** Null for what phones read from the code itself. */
  readonly destinationUrl: string | null;
  /** What the code says: the address that counts a scan and leads on. */
  readonly scanUrl: string | null;
  readonly pngUrl: string;
  readonly svgUrl: string;
  readonly hasCustomLogo: boolean;
  readonly createdAt: string;
}

export interface NewCode {
  readonly type: 'url';
  readonly destinationUrl: string;
  readonly title?: string;
  /** A data URL. */
  readonly logo?: string;
}

export function createCode(code: NewCode): Promise<Code> {
  return request('/qr/generate', { method: 'POST', body: code });
}

export function listCodes(signal: AbortSignal): Promise<{ readonly items: readonly Code[]; readonly total: number }> {
  return request('/qr', { signal });
}

export function findCode(id: string, signal: AbortSignal): Promise<Code> {
  return request(`/qr/${encodeURIComponent(id)}`, { signal });
}

/** The address of a picture that the service names relative to itself. */
export function pictureUrl(path: string): string {
  return `/api${path}`;
}
