import Type from 'typebox';

// The words that several events share, so that a report can join on them.

export const planName = Type.Union([Type.Literal('free'), Type.Literal('pro'), Type.Literal('business')], {
  description: 'The subscription plan.',
});

export const qrId = Type.String({ description: 'Id of the QR code.' });

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

const deviceType = Type.Union(
  [
    Type.Literal('mobile'),
    Type.Literal('tablet'),
    Type.Literal('desktop'),
    Type.Literal('bot'),
    Type.Literal('unknown'),
  ],
  { description: 'Kind of device, from the user agent.' },
);

const browserName = Type.String({ description: 'Browser family, from the user agent, or "unknown".' });

/** What an event says of a visitor. */
export const visitor = {
  device_type: Type.Optional(deviceType),
  browser: Type.Optional(browserName),
  country: Type.Optional(country),
  is_bot: Type.Optional(Type.Boolean({ description: 'Whether the user agent says that it is a crawler.' })),
};

/** ISO 4217. */
export const currency = Type.String({ description: 'Currency as ISO 4217.', pattern: '^[A-Z]{3}$' });
