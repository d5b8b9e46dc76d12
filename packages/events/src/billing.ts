import { event } from '@qr/plan';
import Type from '@qr/plan/typebox';
import { currency, planName } from './vocabulary.ts';

/** Plans and money. */
export const billingEvents = {
  plan_upgraded: event({
    description: 'A person moved to a larger plan.',
    owner: 'growth',
    surfaces: ['server'],
    properties: {
      from_plan: planName,
      to_plan: planName,
    },
  }),
  plan_downgraded: event({
    description: 'A person moved to a smaller plan.',
    owner: 'growth',
    surfaces: ['server'],
    properties: {
      from_plan: planName,
      to_plan: planName,
    },
  }),
  revenue: event({
    description: 'Money came in, or went back when the amount is negative.',
    owner: 'growth',
    surfaces: ['server'],
    properties: {
      amount: Type.Number({ description: 'In units of the currency; negative is a refund.' }),
      currency,
      order_id: Type.Optional(Type.String({ description: 'Id of the order or invoice.' })),
      plan: Type.Optional(planName),
    },
  }),
};
