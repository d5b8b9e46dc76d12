import { originsVariable, originVariable, serverVariables } from '@qr/common/server';
import Type from 'typebox';

/** The environment of this server, beside the observability variables. */
export const environment = Type.Object({
  ...serverVariables(3000),
  AUTH_SERVICE_URL: originVariable('http://127.0.0.1:3001', 'the origin of auth-service'),
  QR_SERVICE_URL: originVariable('http://127.0.0.1:3002', 'the origin of qr-service'),
  MICROSITE_SERVICE_URL: originVariable('http://127.0.0.1:3003', 'the origin of microsite-service'),
  ROUTING_SERVICE_URL: originsVariable('http://127.0.0.1:3004', 'the origin of routing-service'),
  ANALYTICS_URL: originsVariable('http://127.0.0.1:3005', 'the origin of analytics-service'),
  WEB_ROOT: Type.String({ default: 'dist/client', expected: 'the folder of the built client' }),
  WEB_DEV: Type.Boolean({ default: false, expected: '1 to serve the client from source through Vite, or 0' }),
  VITE_SENTRY_DSN: Type.Optional(Type.String({ expected: 'the DSN that the client was built with' })),
  VITE_MIXPANEL_TOKEN: Type.Optional(Type.String({ expected: 'the project token that the client was built with' })),
});
