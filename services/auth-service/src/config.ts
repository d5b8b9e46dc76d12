import Type from 'typebox';

const origin = (port: number, service: string) =>
  Type.String({
    pattern: '^https?://[^/?#@,\\s]+$',
    default: `http://127.0.0.1:${port}`,
    expected: `the origin of ${service}, such as http://${service}:${port}, without a slash at the end`,
  });

/** The environment of this service, beside the observability variables. */
export const environment = Type.Object({
  PORT: Type.Integer({ minimum: 0, maximum: 65_535, default: 3001, expected: 'a port number' }),
  HOST: Type.String({ default: '127.0.0.1', expected: 'an address to listen on' }),
  DATABASE_URL: Type.String({
    pattern: '^postgres(ql)?://',
    expected: 'a connection string such as postgres://user:password@host:5432/database',
    secret: true,
  }),
  JWT_SECRET: Type.String({
    minLength: 32,
    expected: 'a random key of at least 32 characters, the same in every service',
    secret: true,
  }),
  SERVICE_TOKEN: Type.String({
    minLength: 32,
    expected: 'a random token of at least 32 characters, the same in every service',
    secret: true,
  }),
  QR_SERVICE_URL: origin(3002, 'qr-service'),
  MICROSITE_SERVICE_URL: origin(3003, 'microsite-service'),
  ROUTING_SERVICE_URL: Type.String({
    pattern: '^https?://[^/?#@,\\s]+(,https?://[^/?#@,\\s]+)*$',
    default: 'http://127.0.0.1:3004',
    expected: 'the origin of routing-service, or those of its instances, separated by commas',
  }),
  WEB_SERVER_URL: Type.Optional(
    Type.String({
      pattern: '^https?://[^/?#@,\\s]+(,https?://[^/?#@,\\s]+)*$',
      expected: "the origin of the page's server, or those of its instances, separated by commas",
    }),
  ),
  PUBLIC_ORIGIN: Type.String({
    pattern: '^https?://[^/?#@,\\s]+(,https?://[^/?#@,\\s]+)*$',
    default: 'http://localhost:3000',
    expected: 'the origins whose pages may use this service, separated by commas, such as https://app.example.com',
  }),
  DEBUG_ROUTES: Type.Boolean({ default: false, expected: '1 or 0' }),
});
