import { definePlan, event, hash } from '@qr/plan';
import Type from 'typebox';

const text = (description: string) => Type.String({ description });
const of = (destinations: readonly string[]) => ({ owner: 'shop', surfaces: ['server'] as const, destinations });

/** The plan of an application that has nothing to do with QR codes. */
export const bookshop = definePlan({
  destinations: ['mixpanel', 'webhook', 'posthog'],
  events: {
    book_sold: event({
      description: 'A book was sold.',
      ...of(['mixpanel', 'webhook', 'posthog']),
      properties: { isbn: text('Which book.'), price: Type.Number({ description: 'In EUR.' }) },
    }),
    cart_abandoned: event({
      description: 'A cart was left.',
      ...of(['webhook']),
      properties: { books: Type.Integer({ description: 'How many.' }) },
    }),
  },
  profile: { $email: Type.Optional(hash(text('Address.'))) },
  context: ['isbn'],
});
