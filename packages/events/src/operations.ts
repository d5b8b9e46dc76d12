import { event } from '@qr/plan';
import Type from '@qr/plan/typebox';

/** What the people who run the platform do. The actor is nobody: no person, no visitor. */
export const operationsEvents = {
  observability_checked: event({
    description: 'An operator ran `qr-obs doctor`, which looks whether this event arrives.',
    owner: 'platform',
    surfaces: ['server'],
    properties: {
      check_id: Type.String({ description: 'Random id of the run, by which its event is found again.' }),
      sent_by: Type.Union([Type.Literal('token'), Type.Literal('service_account')], {
        description: 'What the request showed to be let in.',
      }),
    },
  }),
};
