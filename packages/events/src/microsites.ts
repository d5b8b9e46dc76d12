import Type from 'typebox';
import { event } from './event.ts';
import { browserName, country, deviceType, micrositeId, qrId } from './vocabulary.ts';

/** Pages of links that a code can lead to. */
export const micrositeEvents = {
  microsite_published: event({
    description: 'A microsite became visible to everyone.',
    owner: 'product',
    surfaces: ['server'],
    properties: {
      microsite_id: micrositeId,
      link_count: Type.Optional(Type.Integer({ description: 'How many links it has.', minimum: 0 })),
    },
  }),
  microsite_viewed: event({
    description: 'A visitor opened a microsite.',
    owner: 'product',
    surfaces: ['server'],
    destinations: ['mixpanel', 'analytics'],
    properties: {
      microsite_id: micrositeId,
      qr_id: Type.Optional(qrId),
      device_type: Type.Optional(deviceType),
      browser: Type.Optional(browserName),
      country: Type.Optional(country),
    },
  }),
};
