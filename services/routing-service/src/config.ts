import Type from 'typebox';

/** The environment of this service, beside the observability variables. */
export const environment = Type.Object({
  PORT: Type.Integer({ minimum: 0, maximum: 65_535, default: 3004, expected: 'a port number' }),
  HOST: Type.String({ default: '127.0.0.1', expected: 'an address to listen on' }),
  QR_SERVICE_URL: Type.String({
    pattern: '^https?://[^/?#@\\s]+$',
    default: 'http://127.0.0.1:3002',
    expected: 'the origin of qr-service, such as http://qr-service:3002, without a slash at the end',
  }),
  SERVICE_TOKEN: Type.String({
    minLength: 32,
    expected: 'a random token of at least 32 characters, the same in every service',
    secret: true,
  }),
  DEBUG_ROUTES: Type.Boolean({ default: false, expected: '1 or 0' }),
});
