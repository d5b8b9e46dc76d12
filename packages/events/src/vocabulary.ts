import Type, { type TLiteral, type TUnion } from '@qr/plan/typebox';

type Literals<T extends readonly string[]> = { -readonly [K in keyof T]: TLiteral<T[K]> };

/** Describes a text that is one of a closed list. */
export function oneOf<const T extends readonly string[]>(values: T, description: string): TUnion<Literals<T>> {
  const literals = values.map((value) => Type.Literal(value));
  return Type.Union(literals, { description }) as unknown as TUnion<Literals<T>>;
}

// The words that several events share, so that a report can join on them.

export const planName = Type.Union([Type.Literal('free'), Type.Literal('pro'), Type.Literal('business')], {
  description: 'The subscription plan.',
});

export const qrId = Type.String({ description: 'Id of the QR code.' });

/** Returns whether a text has the shape of an id that qr-service makes: 72 random bits as base64url. */
export function isQrId(value: unknown): value is string {
  return typeof value === 'string' && /^[A-Za-z0-9_-]{12}$/.test(value);
}

export const qrType = Type.Union(
  [Type.Literal('url'), Type.Literal('wifi'), Type.Literal('vcard'), Type.Literal('microsite')],
  { description: 'What the code holds.' },
);

export const micrositeId = Type.String({ description: 'Id of the microsite.' });

/** ISO 3166-1 alpha-2. */
const country = Type.String({
  description: 'Country as ISO 3166-1 alpha-2, or "unknown".',
  pattern: '^([A-Z]{2}|unknown)$',
});

const deviceType = oneOf(['mobile', 'tablet', 'desktop', 'bot', 'unknown'], 'Kind of device, from the user agent.');

/** The families that an event may name: what a stranger writes in a user agent must not leave as it is. */
export const BROWSERS = [
  'Amazon Silk',
  'Android Browser',
  'BlackBerry',
  'Brave',
  'Chrome',
  'Chromium',
  'DuckDuckGo',
  'Electron',
  'Epiphany',
  'Firefox',
  'Focus',
  'Google Search',
  'HeyTap Browser',
  'Internet Explorer',
  'LibreWolf',
  'MZ Browser',
  'Maxthon',
  'Microsoft Edge',
  'NAVER Whale Browser',
  'Opera',
  'Pale Moon',
  'Puffin',
  'QQ Browser',
  'QQ Browser Lite',
  'Safari',
  'Sailfish',
  'Samsung Internet for Android',
  'SeaMonkey',
  'Sleipnir',
  'Sogou Browser',
  'Tizen',
  'UC Browser',
  'Vivaldi',
  'Vivo Browser',
  'WebOS Browser',
  'WeChat',
  'Yandex Browser',
  'other',
  'unknown',
] as const;

const browserName = oneOf(BROWSERS, 'Browser family, from the user agent; "other" for one that is not listed.');

/** What an event says of a visitor. */
export const visitor = {
  device_type: Type.Optional(deviceType),
  browser: Type.Optional(browserName),
  country: Type.Optional(country),
  is_bot: Type.Optional(Type.Boolean({ description: 'Whether the user agent says that it is a crawler.' })),
};

/** ISO 4217. */
export const currency = Type.String({ description: 'Currency as ISO 4217.', pattern: '^[A-Z]{3}$' });
