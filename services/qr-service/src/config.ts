import {
  databaseVariables,
  originVariable,
  serverVariables,
  serviceTokenVariables,
  sessionVariables,
} from '@qr/common/server';
import Type from 'typebox';

/** The environment of this service, beside the observability variables. */
export const environment = Type.Object({
  ...serverVariables(3002),
  ...databaseVariables,
  ...sessionVariables,
  ...serviceTokenVariables,
  MICROSITE_SERVICE_URL: originVariable('http://127.0.0.1:3003', 'the origin of microsite-service'),
  MICROSITE_BASE_URL: originVariable('http://localhost:3003', 'the origin under which visitors reach microsites'),
  SCAN_BASE_URL: originVariable('http://localhost:3004', 'the origin that is printed into codes'),
});
