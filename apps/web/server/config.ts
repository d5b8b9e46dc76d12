import Type from 'typebox';

const origin = (port: number, service: string) =>
  Type.String({
    pattern: '^https?://[^/?#@,]+$',
    default: `http://127.0.0.1:${port}`,
    expected: `the origin of ${service}, such as http://127.0.0.1:${port}`,
  });

const ORIGIN = 'https?://[^/?#@,\\s]+';

/** The same of a service that may run several times; the requests take turns. */
const origins = (port: number, service: string) =>
  Type.String({
    pattern: `^${ORIGIN}(,${ORIGIN})*$`,
    default: `http://127.0.0.1:${port}`,
    expected: `the origins of ${service}, separated by commas, such as http://127.0.0.1:${port}`,
  });

/** The environment of this server, beside the observability variables. */
export const environment = Type.Object({
  PORT: Type.Integer({ minimum: 0, maximum: 65_535, default: 3000, expected: 'a port number' }),
  HOST: Type.String({ default: '127.0.0.1', expected: 'an address to listen on' }),
  AUTH_SERVICE_URL: origin(3001, 'auth-service'),
  QR_SERVICE_URL: origin(3002, 'qr-service'),
  MICROSITE_SERVICE_URL: origin(3003, 'microsite-service'),
  ROUTING_SERVICE_URL: origins(3004, 'routing-service'),
  ANALYTICS_URL: origins(3005, 'analytics-service'),
  WEB_ROOT: Type.String({ default: 'dist/client', expected: 'the folder of the built client' }),
  WEB_DEV: Type.Boolean({ default: false, expected: '1 to serve the client from source through Vite, or 0' }),
  VITE_SENTRY_DSN: Type.Optional(Type.String({ expected: 'the DSN that the client was built with' })),
  VITE_MIXPANEL_TOKEN: Type.Optional(Type.String({ expected: 'the project token that the client was built with' })),
  DEBUG_ROUTES: Type.Boolean({ default: false, expected: '1 or 0' }),
});
