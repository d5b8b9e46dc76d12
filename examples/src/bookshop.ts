import { definePlan, event } from '@qr/plan';
import { createTelemetry, mixpanel } from '@qr/telemetry';
import Type from 'typebox';

/** What the bookshop records: nothing else leaves its processes. */
const plan = definePlan({
  destinations: ['mixpanel'],
  context: ['step'],
  events: {
    book_sold: event({
      description: 'A customer bought a book.',
      owner: 'sales',
      surfaces: ['server'],
      properties: {
        isbn: Type.String({ description: 'International Standard Book Number.' }),
        price: Type.Number({ description: 'In euros.' }),
      },
    }),
  },
});

const { MIXPANEL_TOKEN: token, MIXPANEL_API_HOST: apiHost, SENTRY_DSN: dsn } = process.env;

/** Analytics and error tracking of the bookshop. A half without its variable is off. */
export const telemetry = createTelemetry({
  plan,
  service: 'bookshop',
  destinations: token ? [mixpanel({ token, ...(apiHost && { apiHost }) })] : [],
  ...(dsn && { sentry: { dsn } }),
});

/** Sells a book. Everything that is recorded here belongs to the request or job in which it is called. */
export async function sellBook(customerId: string, isbn: string): Promise<void> {
  telemetry.setUserContext({ id: customerId });
  telemetry.addBreadcrumb('order received', { step: 'checkout' });
  if (isbn === 'out-of-print') throw new Error('The book is out of print');
  telemetry.trackEvent('book_sold', customerId, { isbn, price: 12.5 });
}
