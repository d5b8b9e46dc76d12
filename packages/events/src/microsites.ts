import { event } from '@qr/plan';
import Type from '@qr/plan/typebox';
import { micrositeId, qrId, visitor } from './vocabulary.ts';

const microsite = {
  microsite_id: micrositeId,
  link_count: Type.Optional(Type.Integer({ description: 'How many links it has.', minimum: 0 })),
};

/** Pages of links that a code can lead to. */
export const micrositeEvents = {
  microsite_created: event({
    description: 'A person began a microsite, which only they can see.',
    owner: 'product',
    surfaces: ['server'],
    properties: microsite,
  }),
  microsite_updated: event({
    description: 'A person changed a microsite; visitors see it once it is published again.',
    owner: 'product',
    surfaces: ['server'],
    properties: microsite,
  }),
  microsite_publish_failed: event({
    description: 'A person wanted to show a microsite to everyone and could not.',
    owner: 'product',
    surfaces: ['server'],
    properties: {
      microsite_id: micrositeId,
      reason: Type.Union([Type.Literal('no_links'), Type.Literal('server_error')], { description: 'Why.' }),
    },
  }),
  microsite_deleted: event({
    description: 'A person removed a microsite for good.',
    owner: 'product',
    surfaces: ['server'],
    properties: { microsite_id: micrositeId },
  }),
  microsite_published: event({
    description: 'A microsite became visible to everyone.',
    owner: 'product',
    surfaces: ['server'],
    properties: microsite,
  }),
  microsite_viewed: event({
    description: 'A visitor opened a microsite.',
    owner: 'product',
    surfaces: ['server'],
    properties: {
      microsite_id: micrositeId,
      qr_id: Type.Optional(qrId),
      ...visitor,
    },
  }),
};
