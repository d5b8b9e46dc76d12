import { drop, hash } from '@qr/plan';
import Type from '@qr/plan/typebox';
import { planName } from './vocabulary.ts';

/** What may be known of a person. Addresses are hashed, names never leave. */
export const profileProperties = {
  $email: Type.Optional(hash(Type.String({ description: 'Address of the account; sent as email_hash.' }))),
  $name: Type.Optional(drop(Type.String({ description: 'Name of the person; never sent.' }))),
  $created: Type.Optional(Type.String({ description: 'When the account was made, as ISO 8601 in UTC.' })),
  $last_login: Type.Optional(Type.String({ description: 'Last log-in, as ISO 8601 in UTC.' })),
  plan: Type.Optional(planName),
  total_qrs_created: Type.Optional(Type.Integer({ description: 'How many codes were ever made.', minimum: 0 })),
};
