import { AppError } from '@qr/common/server';
import Type, { type Static } from 'typebox';

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
export function checkWifi(wifi: Wifi): Wifi {
  const { ssid, encryption, password } = wifi;
  if (Buffer.byteLength(ssid) > MAX_SSID_BYTES) refuse('ssid', `must have at most ${MAX_SSID_BYTES} bytes`);
  if (encryption === 'none' && password !== undefined) refuse('password', 'belongs to a network with encryption');
  if (encryption === 'WPA' && !WPA_PASSPHRASE.test(password ?? '') && !isHexKey(encryption, password ?? ''))
    refuse('password', 'must have 8 to 63 characters');
  if (encryption === 'WEP' && !WEP_KEY.test(password ?? '') && !isHexKey(encryption, password ?? ''))
    refuse('password', 'must be a WEP key of 5 or 13 characters, or of 10 or 26 hexadecimal digits');
  return wifi;
}

/** As phones read it: https://github.com/zxing/zxing/wiki/Barcode-Contents#wi-fi-network-config-android-ios-11 */
export function wifiText({ ssid, encryption, password, hidden }: Wifi): string {
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
  return /^[0-9a-f]+$/i.test(text) ? `"${text}"` : escapeText(text);
}

/** A key that is given as hexadecimal digits, and meant as such. */
function isHexKey(encryption: Wifi['encryption'], password: string): boolean {
  return encryption === 'WEP' ? HEX_WEP_KEY.test(password) : HEX_WPA_KEY.test(password);
}

/** Unescaped, a name could end its field and set another's. */
function escapeText(text: string): string {
  return text.replace(/[\\;,:"]/g, '\\$&');
}

function refuse(field: string, reason: string): never {
  throw new AppError({ code: 'invalid_wifi', message: `wifi.${field} ${reason}`, field: `wifi.${field}` });
}
