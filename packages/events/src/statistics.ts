import { event } from '@qr/plan';
import Type from '@qr/plan/typebox';
import { qrId } from './vocabulary.ts';

const properties = {
  qr_id: qrId,
  days: Type.Optional(Type.Integer({ description: 'How many days were asked for.', minimum: 1 })),
};

/** Looking at what became of one's codes. */
export const statisticsEvents = {
  statistics_viewed: event({
    description: 'A person looked at the scans of a code.',
    owner: 'product',
    surfaces: ['server'],
    properties,
  }),
  statistics_exported: event({
    description: 'A person downloaded the scans of a code.',
    owner: 'product',
    surfaces: ['server'],
    properties,
  }),
};
