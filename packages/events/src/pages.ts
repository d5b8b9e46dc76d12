import { event, url } from '@qr/plan';
import Type from '@qr/plan/typebox';

/** Looking at pages of the app. */
export const pageEvents = {
  page_viewed: event({
    description: 'A page of the app was shown.',
    owner: 'product',
    surfaces: ['browser'],
    properties: {
      page: Type.String({ description: 'Name or route pattern, such as /qr/:qrId; never a path with ids in it.' }),
      referrer: Type.Optional(url(Type.String({ description: 'Where the visitor came from.' }))),
    },
  }),
  dashboard_viewed: event({
    description: 'A person looked at their dashboard.',
    owner: 'product',
    surfaces: ['browser', 'server'],
    properties: {
      total_qrs: Type.Optional(Type.Integer({ description: 'How many codes were on it.', minimum: 0 })),
    },
  }),
};
