import {
  databaseVariables,
  originsVariable,
  originVariable,
  serverVariables,
  serviceTokenVariables,
  sessionVariables,
} from '@qr/common';
import Type from 'typebox';

/** The environment of this service, beside the observability variables. */
export const environment = Type.Object({
  ...serverVariables(3001),
  ...databaseVariables,
  ...sessionVariables,
  ...serviceTokenVariables,
  QR_SERVICE_URL: originVariable('http://127.0.0.1:3002', 'the origin of qr-service'),
  MICROSITE_SERVICE_URL: originVariable('http://127.0.0.1:3003', 'the origin of microsite-service'),
  ROUTING_SERVICE_URL: originsVariable('http://127.0.0.1:3004', 'the origin of routing-service'),
  WEB_SERVER_URL: originsVariable(undefined, "the origin of the page's server"),
});
