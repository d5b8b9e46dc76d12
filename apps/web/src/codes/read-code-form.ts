import type { CodeType, NewCode, Vcard, Wifi } from '../api/codes.ts';
import { completeWebAddress } from '../forms/web-address.ts';

/** The names of the form's fields, which are those that the API complains of. */
export const CODE_FIELDS = [
  ...['destinationUrl', 'micrositeId', 'title', 'logo'],
  ...['wifi.ssid', 'wifi.encryption', 'wifi.password', 'wifi.hidden'],
  ...['vcard.firstName', 'vcard.lastName', 'vcard.organization', 'vcard.jobTitle'],
  ...['vcard.phone', 'vcard.email', 'vcard.url'],
] as const;

/** Makes what the API wants of what was typed; a field that was left empty is left out. */
export function readCodeForm(type: CodeType, data: FormData, logo: string | undefined): NewCode {
  const text = (name: string) => {
    const value = data.get(name);
    return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
  };
  const title = text('title');
  return {
    type,
    ...contentOf(type, text, data),
    ...(title !== undefined && { title }),
    ...(logo !== undefined && { logo }),
  };
}

type Text = (name: string) => string | undefined;

function contentOf(type: CodeType, text: Text, data: FormData): Omit<NewCode, 'type' | 'title' | 'logo'> {
  if (type === 'url') return { destinationUrl: completeWebAddress(text('destinationUrl') ?? '') };
  if (type === 'microsite') return { micrositeId: text('micrositeId') ?? '' };
  if (type === 'vcard') return { vcard: readVcard(text) };
  return { wifi: readWifi(text, data) };
}

function readWifi(text: Text, data: FormData): Wifi {
  const encryption = (text('wifi.encryption') ?? 'WPA') as Wifi['encryption'];
  // Spaces belong to a password.
  const password = data.get('wifi.password');
  return {
    ssid: text('wifi.ssid') ?? '',
    encryption,
    ...(encryption !== 'none' && typeof password === 'string' && password !== '' && { password }),
    ...(data.get('wifi.hidden') !== null && { hidden: true }),
  };
}

function readVcard(text: Text): Vcard {
  const names = ['firstName', 'lastName', 'organization', 'jobTitle', 'phone', 'email', 'url'] as const;
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = text(`vcard.${name}`);
      return value === undefined ? [] : [[name, name === 'url' ? completeWebAddress(value) : value]];
    }),
  );
}

/** What the API accepts. */
const MAX_LOGO_BYTES = 200_000;

/** A picture as a data URL, or undefined when it is too large. */
export async function readLogo(file: File): Promise<string | undefined> {
  if (file.size > MAX_LOGO_BYTES) return undefined;
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error ?? new Error('The logo could not be read.'));
    reader.readAsDataURL(file);
  });
}
