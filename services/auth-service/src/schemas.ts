import Type, { type Static } from 'typebox';
import type { User } from './store.ts';

// Surrounding spaces are allowed here and trimmed by the account rules: autofill and phones add them.
// Each repetition stops where the next part begins, so that no input is slow to check.
const email = Type.String({
  maxLength: 254,
  pattern: '^\\s*[^\\s\\p{Cc}@]+@[^\\s\\p{Cc}@.]+(\\.[^\\s\\p{Cc}@.]+)+\\s*$',
});

/** The upper limit bounds what one log-in may cost; it is far above any password manager's. */
const MAX_PASSWORD_LENGTH = 256;

export const signupBody = Type.Object({
  email,
  password: Type.String({ minLength: 8, maxLength: MAX_PASSWORD_LENGTH }),
  // Control characters: PostgreSQL refuses NUL in a text, and none of them belongs in a name.
  name: Type.Optional(Type.String({ maxLength: 100, pattern: '^\\P{Cc}*$' })),
});

// No minimum: what was never a password is answered like a wrong one.
export const loginBody = Type.Object({ email, password: Type.String({ maxLength: MAX_PASSWORD_LENGTH }) });

export const passwordBody = Type.Object({
  currentPassword: Type.String({ maxLength: MAX_PASSWORD_LENGTH }),
  newPassword: Type.String({ minLength: 8, maxLength: MAX_PASSWORD_LENGTH }),
});

export const deletionBody = Type.Object({ password: Type.String({ maxLength: MAX_PASSWORD_LENGTH }) });

const planName = Type.Union([Type.Literal('free'), Type.Literal('pro'), Type.Literal('business')]);

export const planBody = Type.Object({
  plan: planName,
  // Which plans need these two is a rule of prices.
  amountMinor: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000_000 })),
  currency: Type.Optional(Type.String({ pattern: '^[A-Z]{3}$' })),
});

// Spaces alone are no name; without one there is none.
export const nameBody = Type.Object({ name: Type.String({ maxLength: 100, pattern: '^\\P{Cc}*$' }) });

export const plansReply = Type.Object({
  plans: Type.Array(
    Type.Object({
      name: planName,
      prices: Type.Record(Type.String(), Type.Integer(), {
        description: 'What a month costs, in minor units of each currency in which the plan is sold.',
      }),
    }),
  ),
});

export const userReply = Type.Object({
  user: Type.Object({
    id: Type.String(),
    email: Type.String(),
    name: Type.Union([Type.String(), Type.Null()]),
    plan: planName,
    createdAt: Type.String({ format: 'date-time' }),
  }),
});

/** What the person may see of their account. */
export function toUserReply({ id, email, name, plan, createdAt }: User): Static<typeof userReply> {
  return { user: { id, email, name, plan, createdAt: createdAt.toISOString() } };
}
