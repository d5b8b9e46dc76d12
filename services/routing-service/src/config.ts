import { originVariable, serverVariables, serviceTokenVariables } from '@qr/common/server';
import Type from 'typebox';

/** The environment of this service, beside the observability variables. */
export const environment = Type.Object({
  ...serverVariables(3004),
  ...serviceTokenVariables,
  QR_SERVICE_URL: originVariable('http://127.0.0.1:3002', 'the origin of qr-service'),
});
