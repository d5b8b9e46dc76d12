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
  ...serverVariables(3003),
  ...databaseVariables,
  ...sessionVariables,
  ...serviceTokenVariables,
  MICROSITE_BASE_URL: originVariable('http://localhost:3003', 'the origin under which visitors reach microsites'),
});
